//! On a real terminal: colour, width, a table that is watched, and what is given back in the end.

use crate::stock::fill;
use crate::world::PATIENCE;
use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use unicode_width::UnicodeWidthStr;

/// A program on a pseudo terminal of its own, and what it wrote there.
struct Terminal {
    master: File,
    child: Child,
    reader: Option<JoinHandle<()>>,
    shown: Arc<(Mutex<String>, Condvar)>,
}

impl Terminal {
    fn start(dir: &Path, columns: u16, environment: &[(&str, &str)], args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a pseudo terminal");
        grantpt(&master).expect("ours");
        unlockpt(&master).expect("open");
        let name = ptsname(&master, Vec::new()).expect("a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = File::from(rustix::fs::open(&name, flags, Mode::empty()).expect("its other end"));
        let master = File::from(master);
        resize(&master, columns);
        let child = Command::new(env!("CARGO_BIN_EXE_newsfold"))
            .env_clear()
            .envs([("TZ", "UTC"), ("TERM", "xterm-256color")])
            .envs(environment.iter().copied())
            .arg("--state-dir")
            .arg(dir)
            .args(args)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(slave.try_clone().expect("a handle"))
            .stderr(slave)
            .spawn()
            .expect("newsfold starts");
        let shown: Arc<(Mutex<String>, Condvar)> = Arc::default();
        let (mut from, to) = (master.try_clone().expect("a handle"), Arc::clone(&shown));
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            let mut held = Vec::new();
            // Once nobody holds the other end, reading fails.
            while let Ok(n @ 1..) = from.read(&mut bytes) {
                held.extend_from_slice(&bytes[..n]);
                *to.0.lock().expect("a lock") = String::from_utf8_lossy(&held).into_owned();
                to.1.notify_all();
            }
        });
        Self { master, child, reader: Some(reader), shown }
    }

    /// Waits until what was written is as wished.
    fn until(&self, wish: impl Fn(&str) -> bool) -> String {
        let held = self.shown.0.lock().expect("a lock");
        let (held, late) = self.shown.1.wait_timeout_while(held, PATIENCE, |text| !wish(text)).expect("a lock");
        assert!(!late.timed_out(), "{held:?}");
        held.clone()
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Waits for its end; everything that it wrote.
    fn end(mut self) -> String {
        assert!(self.child.wait().expect("it ends").success());
        self.reader.take().expect("one end").join().expect("a reader");
        self.shown.0.lock().expect("a lock").clone()
    }
}

impl Drop for Terminal {
    /// A test that fails leaves no program behind; of one that has ended nothing is left to do.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn resize(terminal: &File, columns: u16) {
    tcsetwinsize(terminal, Winsize { ws_row: 12, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).expect("a size");
}

/// Lines as a person sees them: without what sets colours, links, or moves.
fn seen(text: &str) -> Vec<String> {
    let commands = regex::Regex::new("\x1b\\]8;[^\x1b\x07]*(\x1b\\\\|\x07)|\x1b\\[[?0-9;]*[A-Za-z]").expect("a pattern");
    commands.replace_all(text, "").replace('\r', "").lines().map(str::to_owned).collect()
}

fn fits(text: &str, columns: usize) {
    let lines = seen(text);
    assert!(lines.iter().any(|line| line.contains("STORY")), "{lines:?}");
    assert!(lines.iter().all(|line| line.width() <= columns && !line.contains('\x1b')), "{columns}: {lines:?}");
}

fn stocked() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path(), 60, true, Timestamp::now());
    dir
}

#[test]
fn a_table_on_a_terminal_has_its_width_and_colours_unless_they_are_unwished() {
    let dir = stocked();
    for (environment, colored) in [(&[][..], true), (&[("NO_COLOR", "1")], false), (&[("TERM", "dumb")], false)] {
        let text = Terminal::start(dir.path(), 62, environment, &["stories", "-n", "5"]).end();
        fits(&text, 62);
        assert_eq!(text.contains('\x1b'), colored, "{environment:?}: {text:?}");
    }
}

#[test]
fn a_watched_table_follows_the_size_of_its_terminal_and_gives_the_screen_back() {
    let dir = stocked();
    let (begin, end) = ("\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l");
    let painted = |text: &str| text.matches("\x1b[J").count();
    for by in [Signal::INT, Signal::TERM, Signal::HUP] {
        let terminal = Terminal::start(dir.path(), 90, &[], &["stories", "-f"]);
        let first = terminal.until(|text| painted(text) > 0);
        assert!(first.starts_with(begin), "{first:?}");
        fits(&first, 90);
        resize(&terminal.master, 50);
        terminal.signal(Signal::WINCH);
        let both = terminal.until(|text| painted(text) > painted(&first));
        fits(both.rsplit("\x1b[H").next().expect("a picture"), 50);
        terminal.signal(by);
        assert!(terminal.end().ends_with(end), "{by:?}");
    }
}
