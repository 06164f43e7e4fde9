//! Whether all is well, and if not, why: the same words for `status`, the metrics and the log.

use super::control::DaemonStatus;
use crate::model::views::Counts;
use serde::{Deserialize, Serialize};

/// How long feeds may be overdue before polling counts as behind, in seconds.
const BEHIND_S: u64 = 15 * 60;
/// Jobs that wait for the writer before it counts as behind: most of its queue.
const QUEUED: u64 = 100;

/// Something that is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A word for programs: "not_running", "silent", "disk_full", "paused", "reload_refused", "alerts", "network", "behind".
    pub code: String,
    /// For people: what, and what to do.
    pub text: String,
}

/// Everything that is not well, the worst first; nothing where all is. `running`: a daemon listens, whether or not it
/// says how it is.
pub fn reasons(running: bool, daemon: Option<&DaemonStatus>, counts: &Counts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |code: &str, text: String| reasons.push(Reason { code: code.to_owned(), text });
    match daemon {
        None if running => add("silent", "the daemon runs and does not answer; `systemctl restart newsfold`".to_owned()),
        None => add("not_running", "no daemon runs; `newsfold run` or `systemctl start newsfold` starts it".to_owned()),
        Some(daemon) => of_daemon(daemon, &mut add),
    }
    if counts.failing >= 3 && counts.failing * 2 > counts.feeds {
        add("network", format!("{} of {} feeds fail: is the network there?", counts.failing, counts.feeds));
    }
    reasons
}

fn of_daemon(daemon: &DaemonStatus, add: &mut impl FnMut(&str, String)) {
    if daemon.space_low {
        add("disk_full", "the disk is full, polling rests until there is room".to_owned());
    }
    if daemon.paused {
        add("paused", "paused; `newsfold resume` goes on".to_owned());
    }
    if let Some(why) = &daemon.reload_error {
        add("reload_refused", format!("the last reload was refused, the configuration before it goes on: {why}"));
    }
    for alert in &daemon.alerts_failing {
        add(
            "alerts",
            format!("the alert “{}” does not get through since {}: {}", alert.name, alert.since.strftime("%F %H:%MZ"), alert.why),
        );
    }
    if daemon.overdue_s > BEHIND_S && !daemon.paused && !daemon.space_low {
        add("behind", format!("polling is behind: a feed has been due for {} min", daemon.overdue_s / 60));
    } else if daemon.writer_queue >= QUEUED {
        add("behind", format!("{} jobs wait for the database; the last commit took {} ms", daemon.writer_queue, daemon.last_commit_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::control::AlertFailing;

    #[test]
    fn every_ill_has_its_reason_and_health_has_none() {
        let counts = Counts { feeds: 10, failing: 1, ..Counts::default() };
        let well = DaemonStatus::default();
        let codes = |running, daemon: Option<&DaemonStatus>, counts: &Counts| -> Vec<String> {
            reasons(running, daemon, counts).into_iter().map(|reason| reason.code).collect()
        };
        assert!(codes(true, Some(&well), &counts).is_empty());
        assert_eq!(codes(false, None, &counts), ["not_running"]);
        assert_eq!(codes(true, None, &counts), ["silent"]);
        let failing = AlertFailing { name: "a".into(), since: jiff::Timestamp::UNIX_EPOCH, why: "exit 1".into() };
        let ill = DaemonStatus {
            space_low: true,
            paused: true,
            reload_error: Some("x".into()),
            alerts_failing: vec![failing],
            writer_queue: 128,
            ..well.clone()
        };
        assert_eq!(codes(true, Some(&ill), &counts), ["disk_full", "paused", "reload_refused", "alerts", "behind"]);
        let late = DaemonStatus { overdue_s: 3_600, ..well };
        let offline = Counts { failing: 6, ..counts };
        assert_eq!(codes(true, Some(&late), &offline), ["behind", "network"]);
    }
}
