//! The names under which agencies and much-reprinted newsrooms are credited.

/// Written out: known in any case.
const NAMES: &[(&str, &str)] = &[
    ("reuters", "Reuters"),
    ("thomson reuters", "Reuters"),
    ("reuters staff", "Reuters"),
    ("رويترز", "Reuters"),
    ("рейтер", "Reuters"),
    ("associated press", "AP"),
    ("ap news", "AP"),
    ("أسوشيتد برس", "AP"),
    ("agence france-presse", "AFP"),
    ("agence france presse", "AFP"),
    ("فرانس برس", "AFP"),
    ("أ ف ب", "AFP"),
    ("أ.ف.ب", "AFP"),
    ("ا ف ب", "AFP"),
    ("deutsche presse-agentur", "dpa"),
    ("dpa", "dpa"),
    ("dpa-afx", "dpa"),
    ("dpa-infocom", "dpa"),
    ("د ب أ", "dpa"),
    ("efe", "EFE"),
    ("agencia efe", "EFE"),
    ("agencias", "agencies"),
    ("agencies", "agencies"),
    ("agences", "agencies"),
    ("agenturen", "agencies"),
    ("agenzie", "agencies"),
    ("وكالات", "agencies"),
    ("europa press", "Europa Press"),
    ("xinhua", "Xinhua"),
    ("xinhua news agency", "Xinhua"),
    ("شينخوا", "Xinhua"),
    ("新华社", "Xinhua"),
    ("tass", "TASS"),
    ("itar-tass", "TASS"),
    ("тасс", "TASS"),
    ("итар-тасс", "TASS"),
    ("риа новости", "RIA Novosti"),
    ("риа \"новости", "RIA Novosti"),
    ("риа «новости", "RIA Novosti"),
    ("ria novosti", "RIA Novosti"),
    ("интерфакс", "Interfax"),
    ("interfax", "Interfax"),
    ("интерфакс-украина", "Interfax-Ukraine"),
    ("interfax-ukraine", "Interfax-Ukraine"),
    ("укринформ", "Ukrinform"),
    ("укрінформ", "Ukrinform"),
    ("ukrinform", "Ukrinform"),
    ("униан", "UNIAN"),
    ("уніан", "UNIAN"),
    ("рбк", "RBC"),
    ("ansa", "ANSA"),
    ("adnkronos", "Adnkronos"),
    ("askanews", "askanews"),
    ("lapresse", "LaPresse"),
    ("pa media", "PA"),
    ("press association", "PA"),
    ("pa news agency", "PA"),
    ("al jazeera", "Al Jazeera"),
    ("aljazeera", "Al Jazeera"),
    ("al jazeera english", "Al Jazeera"),
    ("al jazeera media network", "Al Jazeera"),
    ("aljazeera.com", "Al Jazeera"),
    ("al-jazeera", "Al Jazeera"),
    ("الجزيرة", "Al Jazeera"),
    ("الجزيرة نت", "Al Jazeera"),
    ("bloomberg", "Bloomberg"),
    ("bloomberg news", "Bloomberg"),
    ("bloomberg l.p", "Bloomberg"),
    ("press trust of india", "PTI"),
    ("canadian press", "The Canadian Press"),
    ("kyodo", "Kyodo"),
    ("kyodo news", "Kyodo"),
    ("yonhap", "Yonhap"),
    ("yonhap news agency", "Yonhap"),
    ("anadolu", "Anadolu"),
    ("anadolu agency", "Anadolu"),
    ("الأناضول", "Anadolu"),
    ("keystone-ats", "Keystone-ATS"),
    ("keystone-sda", "Keystone-SDA"),
    ("notimex", "Notimex"),
    ("telam", "Télam"),
    ("télam", "Télam"),
    ("lusa", "Lusa"),
    ("agência brasil", "Agência Brasil"),
    ("estadão conteúdo", "Estadão Conteúdo"),
    ("folhapress", "Folhapress"),
    ("belga", "Belga"),
    ("bernama", "Bernama"),
    ("sputnik", "Sputnik"),
    ("спутник", "Sputnik"),
    ("سبوتنيك", "Sputnik"),
    ("سانا", "SANA"),
    ("واس", "SPA"),
    ("deutsche welle", "DW"),
    ("bbc news", "BBC"),
    ("bbc", "BBC"),
    ("cnn", "CNN"),
    ("pr newswire", "PR Newswire"),
    ("prnewswire", "PR Newswire"),
    ("business wire", "Business Wire"),
    ("businesswire", "Business Wire"),
    ("globe newswire", "GlobeNewswire"),
    ("globenewswire", "GlobeNewswire"),
    ("accesswire", "ACCESSWIRE"),
    ("marketwatch", "MarketWatch"),
    ("the conversation", "The Conversation"),
    ("kaiser health news", "Kaiser Health News"),
    ("tribune news service", "Tribune News Service"),
    ("washington post", "The Washington Post"),
    ("new york times", "The New York Times"),
    ("guardian", "The Guardian"),
];

/// Abbreviations: known as written only.
const SHORT: &[(&str, &str)] = &[
    ("AP", "AP"),
    ("AFP", "AFP"),
    ("DPA", "dpa"),
    ("PTI", "PTI"),
    ("ANI", "ANI"),
    ("IANS", "IANS"),
    ("UPI", "UPI"),
    ("CP", "The Canadian Press"),
    ("PA", "PA"),
    ("AA", "Anadolu"),
    ("APA", "APA"),
    ("APP", "APP"),
    ("ATS", "ATS"),
    ("AWP", "AWP"),
    ("SDA", "SDA"),
    ("sda", "SDA"),
    ("ats", "ATS"),
    ("awp", "AWP"),
    ("apa", "APA"),
    ("afp", "AFP"),
    ("ap", "AP"),
    ("rtr", "Reuters"),
    ("AGI", "AGI"),
    ("ANP", "ANP"),
    ("AAP", "AAP"),
    ("NAN", "NAN"),
    ("TNS", "Tribune News Service"),
    ("KNA", "KNA"),
    ("epd", "epd"),
    ("SID", "SID"),
    ("sid", "SID"),
    ("OTS", "OTS"),
    ("РИА", "RIA Novosti"),
    ("ANSA", "ANSA"),
];

/// The agency that `name` is, by its one name; of several ("dpa/AFP", "Reuters and AP") the first that is known.
pub fn known(name: &str) -> Option<&'static str> {
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    if name.is_empty() || name.len() > 80 {
        return None;
    }
    one(name).or_else(|| {
        if !name.contains(['/', ',', '&', '-', '|', ';']) && !name.contains(" and ") && !name.contains(" und ") {
            return None;
        }
        name.split(['/', ',', '&', '|', ';', '-'])
            .flat_map(|part| part.split(" and "))
            .flat_map(|part| part.split(" und "))
            .find_map(|part| one(part.trim()))
    })
}

fn one(name: &str) -> Option<&'static str> {
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    let short = name.strip_prefix("The ").unwrap_or(name);
    if let Some(found) = SHORT.iter().find(|(known, _)| *known == short) {
        return Some(found.1);
    }
    let low = name.to_lowercase();
    let low = low.strip_prefix("the ").unwrap_or(&low);
    NAMES.iter().find(|(known, _)| *known == low).map(|n| n.1)
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn names_in_their_forms() {
        for (text, want) in [
            ("The Associated Press", Some("AP")),
            ("AP", Some("AP")),
            ("Ap", None),
            ("REUTERS", Some("Reuters")),
            ("dpa/lno", Some("dpa")),
            ("wit/apr/dpa", Some("dpa")),
            ("(Al Jazeera)", Some("Al Jazeera")),
            ("Jane Roe", None),
            ("", None),
        ] {
            assert_eq!(known(text), want, "{text}");
        }
    }
}
