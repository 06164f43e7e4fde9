use super::credits;
use crate::article::Credited;

fn body() -> String {
    "The ministry said on Monday that the talks would go on for another week, as both sides asked for time to study the offer.".repeat(2)
}

fn read(opening: &str, closing: &str) -> Credited {
    credits(&format!("{opening}{}\n\n{}\n\n{}\n\n{}\n\n{}{closing}", body(), body(), body(), body(), body()), None)
}

#[test]
fn datelines_stay_and_credit() {
    for (opening, name) in [
        ("PARIS, Jan 3 (Reuters) - ", Some("Reuters")),
        ("BEAR CREEK, N.C. (AP) — ", Some("AP")),
        ("(Bloomberg) -- ", Some("Bloomberg")),
        ("REUTERS: ", Some("Reuters")),
        ("Berlin (dpa/lno) - ", Some("dpa")),
        ("Madrid, 8 nov (EFE).- ", Some("EFE")),
        ("(ANSA) - ROMA, 08 NOV - ", Some("ANSA")),
        ("МОСКВА, 8 ноября. /ТАСС/. ", Some("TASS")),
        ("МОСКВА, 8 ноя — РИА Новости. ", Some("RIA Novosti")),
        ("BEIJING, Nov. 8 (Xinhua) -- ", Some("Xinhua")),
        ("SPRINGFIELD, Mapleton (WXYZ) -- ", Some("WXYZ")),
        ("(XYN) – ", Some("XYN")),
        ("LONDON — ", None),
    ] {
        let found = read(opening, "");
        assert_eq!(found.dateline.as_deref(), Some(opening.trim()), "{opening}");
        assert_eq!(found.credit.as_ref().map(|c| c.name.as_str()), name, "{opening}");
        assert!(found.text.starts_with(opening), "{opening}");
    }
}

#[test]
fn an_agencys_dateline_below_a_standfirst_or_a_caption() {
    let standfirst =
        "The ministry said on Monday that the talks would go on for another week, as both sides asked for more time to study it all.";
    for (dateline, name) in [("REUTERS: ", Some("Reuters")), ("BEAR CREEK, N.C. (AP) — ", Some("AP")), ("LONDON — ", None)] {
        let found = read(&format!("{standfirst}\n\n{dateline}"), "");
        assert_eq!(found.credit.as_ref().map(|c| c.name.as_str()), name, "{dateline}");
        assert_eq!(found.dateline.is_some(), name.is_some(), "{dateline}");
        assert!(found.text.starts_with(standfirst), "{dateline}");
    }
}

#[test]
fn credit_lines_are_taken_out() {
    for (line, name) in [
        ("Source; Al Jazeera", "Al Jazeera"),
        ("Source: Al Jazeera", "Al Jazeera"),
        ("(Al Jazeera)", "Al Jazeera"),
        ("— Al Jazeera", "Al Jazeera"),
        ("Source: https://www.example.org/a/b", "example.org"),
        ("Fuente: Agencia EFE", "EFE"),
        ("Quelle: dpa", "dpa"),
        ("Источник: Интерфакс", "Interfax"),
        ("المصدر: الجزيرة", "Al Jazeera"),
        ("This article was first published by The Harbour Post.", "The Harbour Post"),
        ("This article originally appeared on Reuters.", "Reuters"),
        ("• This article is from Harbour Weekly", "Harbour Weekly"),
        ("(With inputs from PTI)", "PTI"),
        ("(With additional input from APP)", "APP"),
        ("[via Harbour Watch]", "Harbour Watch"),
        ("Compiled by Jane Roe. (Sources: Harbour Post, Tide)", "Harbour Post, Tide"),
        ("The AP Health Department receives support from a foundation. The AP is solely responsible for all content.", "AP"),
        ("The Associated Press contributed to this report.", "AP"),
        ("Con información de EFE", "EFE"),
        ("wit/apr/dpa", "dpa"),
        ("©2019 Bloomberg L.P.", "Bloomberg"),
    ] {
        let found = read("", &format!("\n\n{line}"));
        let credit = found.credit.clone().unwrap_or_default();
        assert_eq!((credit.name.as_str(), credit.words.as_str()), (name, line));
        assert!(!found.text.contains(line), "{line}");
        assert!(found.text.ends_with("offer."), "{line}");
    }
}

#[test]
fn the_end_of_the_last_paragraph() {
    let found = read("", " (PTI)");
    assert_eq!(found.credit.map(|c| (c.name, c.words)), Some(("PTI".to_owned(), "(PTI)".to_owned())));
    assert!(found.text.ends_with("offer."));
}

#[test]
fn bylines() {
    let found = read("By JANE ROE, Associated Press\n\n", "");
    assert_eq!(found.byline.as_deref(), Some("JANE ROE"));
    assert_eq!(found.credit.map(|c| c.name).as_deref(), Some("AP"));
    assert!(found.text.starts_with("The ministry"));
}

#[test]
fn what_is_no_credit() {
    for line in [
        "A source told Reuters that the talks would go on.",
        "Source of the fire was a kitchen, officials told the Associated Press.",
        "By Monday the talks had ended.",
        "This article was first published on 3 May 2019.",
        "The source added that it was not over",
        "Representative Ann Roe (D-CA) - who leads the panel - agreed.",
        "(VIDEO) - The harbour at dawn.",
    ] {
        let found = read("", &format!("\n\n{line}"));
        assert_eq!(found.credit, None, "{line}");
        assert!(found.text.ends_with(line), "{line}");
        assert_eq!(read(&format!("{line}\n\n"), "").credit, None, "{line}");
    }
}

#[test]
fn hostile_texts_end() {
    for text in
        ["", "\n\n\n", "(", "()", "—", "Source:", "Source: ", "By ", "İ: (İ", "ß".repeat(300).as_str(), "a\u{300}".repeat(99).as_str()]
    {
        let _ = credits(text, None);
    }
}
