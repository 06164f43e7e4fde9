//! Cron expressions, read by the parser that tokio-cron-scheduler itself uses, with its settings.

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use std::time::Duration;

/// The shortest gap between the next few times of `expression`, or message and hint of what is wrong with it.
pub(super) fn check(expression: &str) -> Result<Duration, (String, String)> {
    let fields = expression.split_whitespace().count();
    if fields == 5 && !expression.trim_start().starts_with('@') {
        return Err((
            "a cron expression has six fields here, the first is the second".into(),
            format!("write \"0 {}\"", expression.trim()),
        ));
    }
    let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build();
    let cron: Cron = parser.parse(expression).map_err(|e| {
        (
            format!("\"{expression}\" is no cron expression: {e}"),
            "second minute hour day month weekday, e.g. \"0 */15 6-22 * * *\"".to_owned(),
        )
    })?;
    let mut at: DateTime<Utc> = DateTime::UNIX_EPOCH + chrono::Days::new(20_454);
    let mut shortest = Duration::MAX;
    let mut last = None;
    for _ in 0..32 {
        let Ok(next) = cron.find_next_occurrence(&at, false) else { break };
        if let Some(gap) = last.and_then(|l: DateTime<Utc>| (next - l).to_std().ok()) {
            shortest = shortest.min(gap);
        }
        (at, last) = (next, Some(next));
    }
    match last {
        Some(_) => Ok(shortest),
        None => Err((format!("\"{expression}\" never comes"), "is there such a day in that month?".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_scheduler_reads() {
        assert_eq!(check("0 */15 6-22 * * *"), Ok(Duration::from_secs(900)));
        assert_eq!(check("*/10 * * * * *"), Ok(Duration::from_secs(10)));
        assert_eq!(check("0 0 6 * * MON-FRI").map(|d| d.as_secs()), Ok(86_400));
        assert_eq!(check("*/15 6-22 * * *").unwrap_err().1, "write \"0 */15 6-22 * * *\"");
        assert!(check("0 0 25 * * *").is_err());
        assert!(check("0 0 0 31 2 *").is_err());
        assert!(check("").is_err());
        assert!(check("every day").is_err());
    }
}
