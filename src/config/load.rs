//! Finds and reads the configuration's files. The only module of the room that touches files and the environment.

use super::build::{Builder, in_order};
use super::opml;
use super::problem::{ConfigErrors, Problem};
use super::types::{Config, Secret, SecretFrom};
use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Most bytes of one file.
const MAX_BYTES: u64 = 64 << 20;
const SERVICE_STATE: &str = "/var/lib/newsfold";
const SERVICE_CONFIG: &str = "/etc/newsfold";

/// What this module knows of the process; tests make their own.
struct Process<'a> {
    var: &'a dyn Fn(&str) -> Option<OsString>,
    folder: PathBuf,
    root: bool,
}

fn with_process<T>(run: impl FnOnce(&Process<'_>) -> T) -> T {
    let folder = std::env::current_dir().unwrap_or_default();
    run(&Process { var: &|name| std::env::var_os(name).filter(|v| !v.is_empty()), folder, root: rustix::process::geteuid().is_root() })
}

/// Finds, reads and checks the configuration: `explicit` (from `--config`), `$NEWSFOLD_CONFIG`, `./newsfold.toml`,
/// `$XDG_CONFIG_HOME/newsfold/newsfold.toml` (`~/.config/newsfold/…`), `/etc/newsfold/newsfold.toml`. `state_dir` (from
/// `--state-dir`) wins over what the file says.
///
/// # Errors
/// Everything that is wrong, all files together; also where no file is found.
pub fn load(explicit: Option<&Path>, state_dir: Option<&Path>) -> Result<Config, ConfigErrors> {
    with_process(|process| load_as(process, explicit, state_dir))
}

/// Where the state of the configuration that [`load`] would read lives. Only the beginning of its first file is read: most
/// commands need nothing else, and hundreds of feeds take longer than the answer.
///
/// # Errors
/// Where no file is found, and where its beginning has faults; it may have others.
pub fn state_dir(explicit: Option<&Path>) -> Result<PathBuf, ConfigErrors> {
    with_process(|process| part_as(process, explicit, top)).map(|config| config.state_dir)
}

/// The first file of that configuration without its lists, as `[[feed]]`, for commands that need a limit of it.
///
/// # Errors
/// Where no file is found, and where what is read of it has faults; the rest may have others.
pub fn settings(explicit: Option<&Path>) -> Result<Config, ConfigErrors> {
    with_process(|process| part_as(process, explicit, without_lists))
}

/// The file that [`load`] would read, if there is one.
pub fn find(explicit: Option<&Path>) -> Option<PathBuf> {
    with_process(|process| process.find(explicit).ok())
}

/// Where a first configuration belongs, so that [`find`] finds it from any folder: `/etc/newsfold` for root, the user's
/// own configuration for others.
pub fn new_place() -> PathBuf {
    with_process(|process| {
        let folder = if process.root { Some(PathBuf::from(SERVICE_CONFIG)) } else { process.user_config() };
        folder.unwrap_or_default().join("newsfold.toml")
    })
}

/// Where the state lives when neither the command line nor a configuration says so: `$STATE_DIRECTORY` (systemd sets it),
/// `/var/lib/newsfold` for root, `$XDG_STATE_HOME/newsfold` or `~/.local/state/newsfold` for others.
pub fn default_state_dir() -> PathBuf {
    with_process(|process| process.default_state_dir())
}

fn load_as(process: &Process<'_>, explicit: Option<&Path>, state_dir: Option<&Path>) -> Result<Config, ConfigErrors> {
    let main = process.find(explicit)?;
    let folder = main.parent().map(|p| process.folder.join(p)).unwrap_or_default();
    let mut builder = Builder::default();
    builder.config.path.clone_from(&main);
    builder.config.files.push(main.clone());
    match read_text(process, &main) {
        Ok(text) => {
            let patterns = builder.toml(&text, &main, true);
            include(&mut builder, process, &folder, patterns);
        }
        Err(problem) => builder.problems.push(problem),
    }
    builder.config.state_dir = match state_dir {
        Some(dir) => process.folder.join(dir),
        None => process.stated_dir(&builder.config.state_dir, &folder),
    };
    let mut config = builder.finish()?;
    reveal(&mut config, process, &folder);
    in_order(&mut config.warnings, &config.files);
    Ok(config)
}

/// What `part` leaves of the first file.
fn part_as(process: &Process<'_>, explicit: Option<&Path>, part: fn(&str) -> String) -> Result<Config, ConfigErrors> {
    let main = process.find(explicit)?;
    let folder = main.parent().map(|p| process.folder.join(p)).unwrap_or_default();
    let text = read_text(process, &main).map_err(|problem| ConfigErrors(vec![problem]))?;
    let mut builder = Builder::default();
    builder.toml(&part(&text), &main, true);
    if !builder.problems.is_empty() {
        return Err(ConfigErrors(builder.problems));
    }
    builder.config.state_dir = process.stated_dir(&builder.config.state_dir, &folder);
    Ok(builder.config)
}

/// The keys of the whole file: they stand before its first table.
fn top(text: &str) -> String {
    let lines: Vec<&str> = text.lines().take_while(|line| !line.trim_start().starts_with('[')).collect();
    lines.join("\n")
}

/// The lines of a file that belong to no `[[list]]`, nor to a table within one; the others are empty, so that places stay true.
fn without_lists(text: &str) -> String {
    let mut listed = false;
    let mut rest = String::new();
    for line in text.lines() {
        let head = line.trim_start();
        if head.starts_with('[') {
            let name = head.split(']').next().unwrap_or_default();
            listed = name.starts_with("[[") || listed && name.contains('.');
        }
        rest.push_str(if listed { "" } else { line });
        rest.push('\n');
    }
    rest
}

impl Process<'_> {
    /// What a file in `folder` that says `stated` means; empty: it says nothing.
    fn stated_dir(&self, stated: &Path, folder: &Path) -> PathBuf {
        if stated.as_os_str().is_empty() { self.state_dir_for(folder) } else { folder.join(self.home(stated)) }
    }

    fn find(&self, explicit: Option<&Path>) -> Result<PathBuf, ConfigErrors> {
        if let Some(path) = explicit {
            return Ok(path.to_path_buf());
        }
        if let Some(path) = (self.var)("NEWSFOLD_CONFIG") {
            return Ok(path.into());
        }
        let places: Vec<PathBuf> = [Some(self.folder.clone()), self.user_config(), Some(SERVICE_CONFIG.into())]
            .into_iter()
            .flatten()
            .map(|place| place.join("newsfold.toml"))
            .collect();
        // A file that is there but cannot be read is the one meant; reading it says why it cannot.
        if let Some(found) = places.iter().find(|p| p.exists()) {
            return Ok(found.strip_prefix(&self.folder).unwrap_or(found).to_path_buf());
        }
        let looked = places.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ");
        let problem = Problem::of_file(Path::new(""), "no configuration found");
        Err(ConfigErrors(vec![problem.hint(format!(
            "looked for {looked}; name one with --config FILE or $NEWSFOLD_CONFIG, or begin one with `newsfold feeds add URL`"
        ))]))
    }

    /// `$XDG_CONFIG_HOME/newsfold`, else `~/.config/newsfold`.
    fn user_config(&self) -> Option<PathBuf> {
        let xdg = (self.var)("XDG_CONFIG_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
        Some(xdg.or_else(|| Some(PathBuf::from((self.var)("HOME")?).join(".config")))?.join("newsfold"))
    }

    fn default_state_dir(&self) -> PathBuf {
        // systemd lists several, separated by colons; the first is ours.
        if let Some(dirs) = (self.var)("STATE_DIRECTORY").and_then(|d| d.into_string().ok()) {
            return dirs.split(':').next().unwrap_or_default().into();
        }
        if self.root {
            return SERVICE_STATE.into();
        }
        let xdg = (self.var)("XDG_STATE_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
        let home = || PathBuf::from((self.var)("HOME").unwrap_or_default()).join(".local/state");
        xdg.unwrap_or_else(home).join("newsfold")
    }

    /// A configuration in /etc is the service's: whoever reads it means the service's database.
    fn state_dir_for(&self, folder: &Path) -> PathBuf {
        let of_service = folder == Path::new(SERVICE_CONFIG) && (self.var)("STATE_DIRECTORY").is_none();
        if of_service { SERVICE_STATE.into() } else { self.default_state_dir() }
    }

    /// Resolves a leading `~/`.
    fn home(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), (self.var)("HOME")) {
            (Ok(rest), Some(home)) => PathBuf::from(home).join(rest),
            _ => path.to_path_buf(),
        }
    }
}

fn read_text(process: &Process<'_>, path: &Path) -> Result<String, Problem> {
    let bytes = read_bytes(process, path)?;
    String::from_utf8(bytes).map_err(|e| {
        let line = 1 + e.as_bytes().iter().take(e.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count();
        Problem { line, column: 1, ..Problem::of_file(path, "not UTF-8 text").hint("save the file as UTF-8") }
    })
}

fn read_bytes(process: &Process<'_>, path: &Path) -> Result<Vec<u8>, Problem> {
    let fault = |e: std::io::Error| {
        let problem = Problem::of_file(path, format!("cannot be read: {}", words(&e)));
        match e.kind() {
            std::io::ErrorKind::NotFound => problem.hint("is the name right?"),
            std::io::ErrorKind::PermissionDenied => problem.hint("the user that newsfold runs as must be allowed to read it"),
            _ => problem,
        }
    };
    let file = std::fs::File::open(process.folder.join(path)).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Problem::of_file(path, format!("larger than {} MiB", MAX_BYTES >> 20)));
    }
    Ok(bytes)
}

/// The error without "(os error 2)".
fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// Reads what the patterns match, in the order of their names, each file once.
fn include(builder: &mut Builder, process: &Process<'_>, folder: &Path, patterns: Vec<(String, Problem)>) {
    let mut seen = HashSet::new();
    for (pattern, place) in patterns {
        let wrong =
            |message: String, hint: &str| Problem { message, hint: Some(hint.to_owned()).filter(|h| !h.is_empty()), ..place.clone() };
        let given = process.home(Path::new(&pattern));
        // The folder's own name is no pattern, whatever signs are in it.
        let escaped = PathBuf::from(glob::Pattern::escape(&folder.to_string_lossy()));
        let (whole, globbed) = (folder.join(&given), escaped.join(&given));
        let mut found: Vec<PathBuf> = Vec::new();
        match glob::glob(&globbed.to_string_lossy()) {
            Ok(paths) => {
                for path in paths {
                    match path {
                        Ok(path) if path.is_dir() => {}
                        Ok(path) => found.push(path),
                        Err(e) => builder.problems.push(wrong(format!("{} cannot be read: {}", e.path().display(), words(e.error())), "")),
                    }
                }
            }
            Err(error) => {
                builder.problems.push(wrong(format!("\"{pattern}\" is no file pattern: {}", error.msg), "write \"feeds.d/*.toml\""));
                continue;
            }
        }
        if found.is_empty() && !pattern.contains(['*', '?', '[']) {
            builder.problems.push(wrong(format!("\"{pattern}\" is not there"), &format!("looked for {}", whole.display())));
        }
        for path in found {
            // Two patterns may match one file, which is no fault.
            if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                continue;
            }
            let path = path.strip_prefix(&process.folder).unwrap_or(&path).to_path_buf();
            builder.config.files.push(path.clone());
            include_one(builder, process, &path, &wrong);
        }
    }
}

fn include_one(builder: &mut Builder, process: &Process<'_>, path: &Path, wrong: &dyn Fn(String, &str) -> Problem) {
    let kind = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match kind.as_str() {
        "toml" => match read_text(process, path) {
            Ok(text) => drop(builder.toml(&text, path, false)),
            Err(problem) => builder.problems.push(problem),
        },
        "opml" | "xml" => match read_bytes(process, path).map(|bytes| opml::read_bytes(&bytes)) {
            Ok(Ok(list)) => builder.opml(list, path),
            Ok(Err(error)) => builder.problems.push(Problem::of_file(path, error.to_string())),
            Err(problem) => builder.problems.push(problem),
        },
        _ => builder
            .problems
            .push(wrong(format!("{} is neither .toml nor .opml", path.display()), "include \"*.toml\" and \"*.opml\" files")),
    }
}

/// Looks up the secrets that are kept elsewhere. One that is missing is a warning: commands that only read do not need it.
fn reveal(config: &mut Config, process: &Process<'_>, folder: &Path) {
    let Config { feeds, warnings, .. } = config;
    for feed in feeds {
        let place = Problem { line: feed.declared_at.1, column: 1, ..Problem::of_file(&feed.declared_at.0, "") };
        let secrets = feed
            .headers
            .iter_mut()
            .map(|(name, s)| (format!("header `{name}`"), s))
            .chain(feed.password.iter_mut().map(|s| ("password".to_owned(), s)));
        for (what, secret) in secrets.filter(|(_, s)| s.value.is_none()) {
            if let Err(why) = reveal_one(secret, process, folder) {
                warnings.push(Problem { message: format!("the {what} of {} is not at hand: {why}", feed.url), ..place.clone() });
            }
        }
    }
}

fn reveal_one(secret: &mut Secret, process: &Process<'_>, folder: &Path) -> Result<(), String> {
    let from_file = |path: &Path| match read_bytes(process, path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", path.display())),
        Err(problem) => Err(format!("{} {}", path.display(), problem.message)),
    };
    let text = match &secret.from {
        SecretFrom::Literal => return Ok(()),
        SecretFrom::Env(name) => (process.var)(name).and_then(|v| v.into_string().ok()).ok_or_else(|| format!("${name} is not set"))?,
        SecretFrom::Credential(name) => {
            let dir =
                (process.var)("CREDENTIALS_DIRECTORY").ok_or("$CREDENTIALS_DIRECTORY is not set; systemd sets it with LoadCredential=")?;
            from_file(&Path::new(&dir).join(name))?
        }
        SecretFrom::File(path) => from_file(&folder.join(process.home(path)))?,
    };
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        return Err("it is empty".to_owned());
    }
    if line.chars().any(char::is_control) {
        return Err("it holds a control character".to_owned());
    }
    secret.value = Some(line.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir_all, write};

    /// A process in its own folder, with these variables.
    fn as_process<T>(vars: &[(&str, &str)], root: bool, run: impl FnOnce(&Process<'_>, &Path) -> T) -> T {
        // A name that would be a pattern, if it were read as one.
        let folder = tempfile::Builder::new().prefix("config[x]*-").tempdir().expect("a folder");
        let at = folder.path().to_string_lossy().into_owned();
        let var = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v.replace("{}", &at)));
        run(&Process { var: &var, folder: folder.path().into(), root }, folder.path())
    }

    #[test]
    fn the_first_place_wins() {
        let vars = [("HOME", "{}/home"), ("XDG_CONFIG_HOME", "{}/xdg"), ("NEWSFOLD_CONFIG", "{}/env.toml")];
        let path = |vars: &[(&str, &str)], explicit: Option<&Path>, here: bool| {
            as_process(vars, false, |process, folder| {
                for file in ["home/.config/newsfold/newsfold.toml", "xdg/newsfold/newsfold.toml"] {
                    create_dir_all(folder.join(file).parent().expect("a parent")).expect("a folder");
                    write(folder.join(file), "").expect("a file");
                }
                if here {
                    write(folder.join("newsfold.toml"), "").expect("a file");
                }
                process.find(explicit).map(|p| p.strip_prefix(folder).unwrap_or(&p).display().to_string()).map_err(|e| e.to_string())
            })
        };
        assert_eq!(path(&vars, Some(Path::new("mine.toml")), true), Ok("mine.toml".into()));
        assert_eq!(path(&vars, None, true), Ok("env.toml".into()), "though it is not there: loading will say so");
        assert_eq!(path(&vars[..2], None, true), Ok("newsfold.toml".into()));
        assert_eq!(path(&vars[..2], None, false), Ok("xdg/newsfold/newsfold.toml".into()));
        assert_eq!(path(&vars[..1], None, false), Ok("home/.config/newsfold/newsfold.toml".into()));
    }

    #[test]
    fn state_directories() {
        let dir = |vars: &[(&str, &str)], root| as_process(vars, root, |process, _| process.default_state_dir());
        assert_eq!(dir(&[("STATE_DIRECTORY", "/run/a:/run/b"), ("HOME", "/h")], true), Path::new("/run/a"));
        assert_eq!(dir(&[("HOME", "/h")], true), Path::new("/var/lib/newsfold"));
        assert_eq!(dir(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")], false), Path::new("/s/newsfold"));
        assert_eq!(dir(&[("HOME", "/h"), ("XDG_STATE_HOME", "relative")], false), Path::new("/h/.local/state/newsfold"));
        as_process(&[("HOME", "/h")], false, |process, _| {
            assert_eq!(
                process.state_dir_for(Path::new("/etc/newsfold")),
                Path::new("/var/lib/newsfold"),
                "whoever reads the service's configuration"
            );
            assert_eq!(process.state_dir_for(Path::new("/srv")), Path::new("/h/.local/state/newsfold"));
        });
    }

    #[test]
    fn includes_are_read_in_order_each_once() {
        as_process(&[("HOME", "/h"), ("KEY", "canary-env\n")], false, |process, folder| {
            create_dir_all(folder.join("feeds.d")).expect("a folder");
            write(
                folder.join("newsfold.toml"),
                "state_dir = 'state'\ninclude = ['feeds.d/*.toml', 'feeds.d/a.toml', 'empty.d/*.toml', 'mine.opml']\n",
            )
            .expect("a file");
            write(folder.join("feeds.d/b.toml"), "[[feed]]\nurl = 'https://b.example/'\nusername = 'me'\npassword = { file = 'pass' }\n")
                .expect("a file");
            write(
                folder.join("feeds.d/a.toml"),
                "[[feed]]\nurl = 'https://a.example/'\nheaders = { x = { env = 'KEY' }, y = { env = 'MISSING' } }\n",
            )
            .expect("a file");
            write(folder.join("pass"), "canary-file\nmore").expect("a file");
            let opml = "<opml><body><outline text='one'><outline xmlUrl='https://c.example/'/><outline xmlUrl='exec:id'/></outline>\n\
                        <outline text='two'><outline xmlUrl='https://c.example/'/><outline xmlUrl='https://a.example/'/></outline></body></opml>";
            write(folder.join("mine.opml"), opml).expect("a file");
            let config = load_as(process, None, None).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(config.state_dir, folder.join("state"));
            assert_eq!(
                config.files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
                ["newsfold.toml", "feeds.d/a.toml", "feeds.d/b.toml", "mine.opml"]
            );
            assert_eq!(
                config.feeds.iter().map(|f| f.url.as_str()).collect::<Vec<_>>(),
                ["https://a.example/", "https://b.example/", "https://c.example/"]
            );
            assert_eq!(config.feeds[2].tags, ["one", "two"], "one feed with the tags of both folders");
            assert_eq!(config.feeds[0].tags, Vec::<String>::new(), "a [[feed]] wins over an outline");
            assert_eq!(config.feeds[0].headers[0].1.expose(), Some("canary-env"));
            assert_eq!(config.feeds[1].password.as_ref().and_then(Secret::expose), Some("canary-file"));
            let said: Vec<_> = config.warnings.iter().map(ToString::to_string).collect();
            assert_eq!(
                said,
                [
                    "feeds.d/a.toml:2:1: the header `y` of https://a.example/ is not at hand: $MISSING is not set",
                    "mine.opml:1:1: skipped address is a command; newsfold runs none"
                ]
            );
            assert!(!format!("{config:?}{}", crate::config::show(&config)).contains("canary"));
            assert_eq!(load_as(process, None, Some(Path::new("/other"))).map(|c| c.state_dir), Ok(PathBuf::from("/other")));
        });
    }

    #[test]
    fn settings_are_read_without_the_lists() {
        as_process(&[("HOME", "/h")], false, |process, folder| {
            let main =
                "state_dir = 'here'\n[[feed]]\nurl = 'no address'\n[feed.headers]\nx = 'y'\n[dedup]\nwindow = '3d'\n[[site]]\nfoo = 1\n";
            write(folder.join("newsfold.toml"), main).expect("a file");
            let settings = part_as(process, None, without_lists).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(settings.state_dir, folder.join("here"));
            assert_eq!(settings.dedup.window.as_secs(), 3 * 86_400);
            assert!(load_as(process, None, None).is_err());
            write(folder.join("newsfold.toml"), main.replace("3d", "soon")).expect("a file");
            let problems = part_as(process, None, without_lists).expect_err("no length of time").to_string();
            assert!(problems.contains("newsfold.toml:7:"), "{problems}");
            let found = part_as(process, None, top).map(|config| config.state_dir);
            assert_eq!(found, Ok(folder.join("here")), "a fault in a table does not hide the database");
        });
    }

    #[test]
    fn problems_of_all_files_come_together() {
        as_process(&[("HOME", "/h")], false, |process, folder| {
            write(
                folder.join("newsfold.toml"),
                "include = [\n  'x/*.toml', 'gone.toml', 'a**', 'list.txt', 'bad.opml']\n[fetch]\nmin_gab = '1s'\n",
            )
            .expect("a file");
            create_dir_all(folder.join("x")).expect("a folder");
            write(folder.join("x/a.toml"), "[fetch]\nmin_gap = '1s'\n").expect("a file");
            write(folder.join("x/b.toml"), b"a\n\xff").expect("a file");
            write(folder.join("list.txt"), "").expect("a file");
            write(folder.join("bad.opml"), "nothing").expect("a file");
            let problems = load_as(process, None, None).expect_err("wrong").to_string();
            let first: Vec<_> = problems.lines().filter(|l| !l.starts_with("  ")).collect();
            assert_eq!(
                first,
                [
                    "newsfold.toml:2:15: \"gone.toml\" is not there",
                    "newsfold.toml:2:28: \"a**\" is no file pattern: recursive wildcards must form a single path component",
                    "newsfold.toml:2:35: list.txt is neither .toml nor .opml",
                    "newsfold.toml:4:1: unknown key `min_gab` in [fetch]",
                    "x/a.toml:1:2: [fetch] does not belong in an included file",
                    "x/b.toml:2:1: not UTF-8 text",
                    "bad.opml: not an OPML subscription list: no <outline> in it",
                ]
            );
        });
    }

    #[test]
    fn no_file_says_where_it_looked() {
        as_process(&[("HOME", "{}/h")], false, |process, folder| {
            let said = load_as(process, Some(&folder.join("none.toml")), None).expect_err("missing").to_string();
            assert!(said.contains("none.toml: cannot be read: No such file or directory\n  is the name right?"), "{said}");
            if !Path::new("/etc/newsfold/newsfold.toml").exists() {
                let said = load_as(process, None, None).expect_err("missing").to_string();
                assert!(
                    said.starts_with("no configuration found\n  looked for ")
                        && said.contains("/h/.config/newsfold/newsfold.toml, /etc/newsfold/newsfold.toml;"),
                    "{said}"
                );
            }
        });
    }
}
