//! What an opening states that another report of the event would repeat and a report of its twin would not: the day of the
//! week, the month, and figures.

use super::Settings;
use super::terms::{self, TermHash};
use ahash::AHashMap;
use std::sync::LazyLock;

/// Figures that are kept: the first ones.
pub const FIGURES: usize = 3;
/// Bytes of what is stated, as kept and stored.
pub const BYTES: usize = 4 + 2 * FIGURES;

/// Days of the week and months by their names, and figures by a hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// A bit for each day from Monday, and from the seventh on for each month.
    calendar: u32,
    /// 16 bits of a hash each; 0: none.
    figures: [u16; FIGURES],
}

const DAYS: u32 = 0x7f;

impl Stated {
    /// Takes in one term of an opening: its hash in a language's list, or a figure.
    pub fn see(&mut self, term: TermHash, word: &str, number: bool, calendar: Option<&Calendar>) {
        if number {
            self.figure(term, word);
        } else if let Some(bit) = calendar.and_then(|c| c.0.get(&term)) {
            self.calendar |= 1 << bit;
        }
    }

    /// A year and a single digit tell no event from another.
    fn figure(&mut self, term: TermHash, word: &str) {
        let digits = word.chars().filter(|c| c.is_alphanumeric()).count();
        let year = digits == 4 && (word.starts_with("19") || word.starts_with("20"));
        let figure = (term as u16).max(1);
        if digits > 1
            && !year
            && !self.figures.contains(&figure)
            && let Some(free) = self.figures.iter_mut().find(|f| **f == 0)
        {
            *free = figure;
        }
    }

    /// What either of both states; figures only where there is but one text to state them.
    pub fn with(self, other: Self) -> Self {
        Self { calendar: self.calendar | other.calendar, figures: if self.figures == other.figures { self.figures } else { [0; FIGURES] } }
    }

    /// The factor for what both state: more for each kind in which they agree, less for each in which they have nothing in common.
    pub fn factor(self, other: Self, settings: &Settings) -> f32 {
        let of = |known: bool, common: bool| match (known, common) {
            (false, _) => 1.0,
            (true, true) => settings.stated_alike,
            (true, false) => settings.stated_unlike,
        };
        let bits = |mask: u32| of(self.calendar & mask != 0 && other.calendar & mask != 0, self.calendar & other.calendar & mask != 0);
        let said = |s: Self| s.figures.first().is_some_and(|f| *f != 0);
        let common = self.figures.iter().any(|f| *f != 0 && other.figures.contains(f));
        bits(DAYS) * bits(!DAYS) * of(said(self) && said(other), common)
    }

    /// As stored.
    pub fn packed(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let all = self.calendar.to_le_bytes().into_iter().chain(self.figures.into_iter().flat_map(u16::to_le_bytes));
        bytes.iter_mut().zip(all).for_each(|(to, b)| *to = b);
        bytes
    }

    /// What [`Stated::packed`] made.
    pub fn unpacked(packed: [u8; BYTES]) -> Self {
        let [c0, c1, c2, c3, figures @ ..] = packed;
        let mut stated = Self { calendar: u32::from_le_bytes([c0, c1, c2, c3]), ..Self::default() };
        stated.figures.iter_mut().zip(figures.as_chunks::<2>().0).for_each(|(to, f)| *to = u16::from_le_bytes(*f));
        stated
    }
}

/// The names of days and months of one language, by the hash of their stem.
pub struct Calendar(AHashMap<TermHash, u8>);

impl Calendar {
    /// That of an ISO 639-1 code; none where the names are not known here, or are words for other things.
    pub fn of(lang: &str) -> Option<&'static Self> {
        static ALL: LazyLock<Vec<(&str, Calendar)>> = LazyLock::new(|| NAMES.iter().map(|n| (n.0, Calendar::new(n.1, n.2))).collect());
        let code = lang.split(['-', '_']).next().unwrap_or("");
        ALL.iter().find(|c| c.0 == code).map(|c| &c.1)
    }

    /// True for the name of a day or month.
    pub fn names(&self, term: TermHash) -> bool {
        self.0.contains_key(&term)
    }

    /// Names by day and by month, set apart by commas; forms of one name by spaces.
    fn new(days: &str, months: &str) -> Self {
        let mut bits = AHashMap::new();
        for (names, first) in [(days, 0u8), (months, 7)] {
            for (forms, bit) in names.split(',').zip(first..) {
                bits.extend(forms.split_whitespace().filter_map(|form| Some((terms::hash_word(form)?, bit))));
            }
        }
        Self(bits)
    }
}

/// Language, days from Monday, months from January. Left out are names that are common words for something else (the
/// English "may", the Portuguese ordinals, the Arabic "one" and "two"). Stems are cut at six letters, which is why long names
/// need one form only.
const NAMES: &[(&str, &str, &str)] = &[
    (
        "en",
        "monday,tuesday,wednesday,thursday,friday,saturday,sunday",
        "january,february,march,april,,june,july,august,september,october,november,december",
    ),
    (
        "es",
        "lunes,martes,miércoles,jueves,viernes,sábado,domingo",
        "enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre setiembre,octubre,noviembre,diciembre",
    ),
    (
        "fr",
        "lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
        "janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre",
    ),
    (
        "de",
        "montag,dienstag,mittwoch,donnerstag,freitag,samstag sonnabend,sonntag",
        "januar jänner,februar,märz,april,mai,juni,juli,august,september,oktober,november,dezember",
    ),
    (
        "it",
        "lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica",
        "gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre",
    ),
    ("pt", ",,,,,sábado,domingo", "janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro"),
    (
        "nl",
        "maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag,zondag",
        "januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december",
    ),
    (
        "ru",
        "понедельник,вторник,среда среду среды,четверг,пятница пятницу пятницы,суббота,воскресенье",
        "январь января январе,февраль,март марта марте,апрель апреля апреле,май мая мае,июнь июня июне,июль июля июле,август,сентябрь,октябрь,ноябрь ноября ноябре,декабрь",
    ),
    (
        "uk",
        "понеділок,вівторок,середа середу середи,четвер,ятниця ятницю ятниці,субота суботу суботи,неділя неділю неділі",
        "січень січня січні,лютого лютий лютому,березень березня,квітень квітня,травень травня,червень червня,липень липня,серпень серпня,вересень вересня,жовтень жовтня,листопад,грудень грудня",
    ),
    (
        "pl",
        "poniedziałek,wtorek,środa środę środy,czwartek,piątek,sobota sobotę soboty,niedziela",
        "styczeń stycznia styczniu,luty lutego lutym,marzec marca marcu,kwiecień kwietnia,maj maja maju,czerwiec czerwca,lipiec lipca lipcu,sierpień sierpnia,wrzesień września,październik,listopad,grudzień grudnia",
    ),
    ("ar", ",الثلاثاء,الأربعاء,الخميس,الجمعة,السبت,", "يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dedup::story::terms::Shape;

    fn read(lang: &str, text: &str) -> Stated {
        let mut stated = Stated::default();
        terms::tokens(text, |t| stated.see(t.hash, t.word, t.shape == Shape::Number, Calendar::of(lang)));
        stated
    }

    #[test]
    fn days_months_and_figures_agree_or_contradict() {
        let settings = Settings::default();
        let (alike, unlike) = (settings.stated_alike, settings.stated_unlike);
        let factor = |a: Stated, b: Stated| a.factor(b, &settings);
        let quake = read("en", "A quake of 5.6 hit the coast on Thursday, 11 September, and hurt 340 people.");
        assert_eq!(factor(quake, read("en", "Some 340 were hurt when the ground shook on Thursday.")), alike * alike);
        assert_eq!(factor(quake, read("en", "On Friday a quake of 5.9 hurt 12 in November 2005.")), unlike * unlike * unlike);
        assert_eq!(factor(quake, read("en", "The quake hurt 7 people, in 2013 too.")), 1.0, "digits and years tell nothing");
        assert_eq!(factor(quake, read("de", "Das Beben vom Donnerstag, 11. September: 340 Verletzte")), alike * alike * alike);
        assert_eq!(factor(quake, read("ru", "В пятницу землетрясение, ноября")), unlike * unlike);
        assert_eq!(factor(quake, Stated::default()), 1.0);
        assert_eq!(Stated::unpacked(quake.packed()), quake);
    }

    #[test]
    fn inflected_names_are_one_day_and_no_two_names_are_mixed() {
        for (lang, forms) in [("ru", "среда среду среды"), ("uk", "п’ятниця п'ятницю"), ("pl", "środę środa"), ("ar", "الجمعة والجمعة")]
        {
            let all: Vec<u32> = forms.split(' ').map(|form| read(lang, form).calendar).collect();
            assert!(all.iter().all(|c| *c == all[0] && c.count_ones() == 1), "{lang} {all:?}");
        }
        for (lang, days, months) in NAMES {
            let forms = days.split([',', ' ']).chain(months.split([',', ' '])).filter(|f| !f.is_empty());
            let distinct: std::collections::BTreeSet<_> = forms.filter_map(terms::hash_word).collect();
            let calendar = Calendar::of(lang).expect("a list");
            assert_eq!(distinct.len(), calendar.0.len());
            for (names, from) in [(days, 0), (months, 7)] {
                for (name, bit) in names.split(',').zip(from..).filter(|n| !n.0.is_empty()) {
                    let hash = terms::hash_word(name.split(' ').next().unwrap_or("")).expect("a term");
                    assert_eq!(calendar.0.get(&hash), Some(&bit), "{lang} {name}: a stem that another name has too");
                }
            }
        }
        assert!(Calendar::of("en-GB").is_some() && Calendar::of("xx").is_none());
    }
}
