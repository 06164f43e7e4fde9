//! The quality gate: pages that answer with something other than an article.
//!
//! A wall is short, and says what it is: in its headline, or in the few sentences it has. So a page is only suspected when little
//! text came out of it, or when the text itself opens with the wall's words; an article *about* cookies or robots is neither.

use super::flat::{Flat, Tag};
use super::jsonld::Linked;
use crate::model::Quality;

/// Words below which a text is compared to nothing with profit.
const SHORT: usize = 40;
/// Words below which a page may be a wall.
const SUSPECT: usize = 160;

/// What the gate looks at.
pub(super) struct Seen<'a> {
    pub flat: &'a Flat,
    pub linked: Option<&'a Linked>,
    pub title: Option<&'a str>,
    pub text: &'a str,
    pub words: usize,
    /// Share of the page's text that is links.
    pub link_share: f32,
    pub noscript: &'a str,
    pub path: Option<&'a str>,
    pub cut: bool,
}

/// Says what kind of page it is, and why where it is no article.
pub(super) fn judge(seen: &Seen<'_>) -> (Quality, Option<String>) {
    // Two characters of a script without spaces weigh like one word.
    let wide = seen.text.chars().take(4000).filter(|c| super::flat::is_wide(*c)).count();
    let words = seen.words.saturating_sub(wide / 2);
    if words < SUSPECT
        && let Some((quality, why)) = wall(seen, words)
    {
        return (quality, Some(why));
    }
    if seen.cut && words < SHORT {
        return (Quality::TooComplex, Some("the page is too deep or too large to read".to_owned()));
    }
    match words {
        0 => (Quality::Empty, Some("no text found".to_owned())),
        w if w < SHORT => (Quality::Short, Some(format!("{w} words"))),
        _ => (Quality::Article, None),
    }
}

fn wall(seen: &Seen<'_>, words: usize) -> Option<(Quality, String)> {
    let title = lower(seen.title.unwrap_or(""), 200);
    let tag = lower(seen.flat.head.title.as_deref().unwrap_or(""), 200);
    let page = page_text(seen.flat, 4000);
    let text = lower(seen.text, 1200);
    let article = seen.linked.is_some_and(|l| l.headline.is_some() && l.published.is_some());
    let headlined = |phrases: &'static [&'static str]| phrases.iter().find(|p| title.contains(**p) || tag.contains(**p));
    let said = |phrases: &'static [&'static str]| phrases.iter().filter(|p| page.contains(**p)).count();
    let first = |phrases: &'static [&'static str]| phrases.iter().find(|p| page.contains(**p)).map_or(String::new(), |p| format!("“{p}”"));
    let small = seen.flat.blocks.len() < 60;

    if let Some(phrase) = headlined(BOT_TITLES) {
        return Some((Quality::BotCheck, format!("headline: “{phrase}”")));
    }
    if !article && (words < SHORT || small) && (said(BOT) >= 2 || (said(BOT) == 1 && words < 100 && small)) {
        return Some((Quality::BotCheck, first(BOT)));
    }
    if !article && let Some(phrase) = headlined(MISSING_TITLES).filter(|_| words < 120) {
        return Some((Quality::SoftNotFound, format!("headline: “{phrase}”")));
    }
    if !article && is_number_404(&title, &tag) && words < 120 {
        return Some((Quality::SoftNotFound, "headline: 404".to_owned()));
    }
    if !article && words < 100 && MISSING.iter().any(|p| text.contains(p) || (words < SHORT && page.contains(p))) {
        return Some((Quality::SoftNotFound, first(MISSING)));
    }
    let script = SCRIPT.iter().any(|p| text.contains(p)) || (words < SHORT && said(SCRIPT) > 0);
    if script && words < 100 || (words < 12 && small && SCRIPT.iter().any(|p| lower(seen.noscript, 1500).contains(p))) {
        return Some((Quality::JavaScript, first(SCRIPT)));
    }
    let fenced = seen.flat.els.iter().any(|e| e.hints & super::hints::PAYWALL != 0 && e.last > e.first && e.tag != Tag::Body);
    let asked = said(PAYWALL) > 0;
    let sold = seen.linked.and_then(|l| l.free) == Some(false);
    // A short piece under a header that invites to subscribe is a short piece: two witnesses, or hardly any text.
    if (asked && (words < 80 || sold || fenced)) || (fenced && sold) {
        return Some((Quality::Paywall, first(PAYWALL)));
    }
    if !article && (headlined(CONSENT_TITLES).is_some() || consents(&text) >= 2 || (words < SHORT && small && consents(&page) >= 2)) {
        return Some((Quality::Consent, "asks for consent".to_owned()));
    }
    let front = seen.path.is_some_and(|p| p.len() <= 1);
    let listed = seen.linked.is_some_and(|l| l.listing);
    let dated =
        article || seen.flat.head.metas.iter().any(|(k, v)| (k == "og:type" && v.contains("article")) || k == "article:published_time");
    if !dated && (front || listed || (seen.link_share > 0.55 && words < SHORT)) && linked_headings(seen.flat) >= 5 {
        return Some((Quality::Listing, "links to articles, and no text of its own".to_owned()));
    }
    None
}

/// Headings or items that are links with several words: what a front page is made of.
fn linked_headings(flat: &Flat) -> usize {
    flat.blocks.iter().filter(|b| b.words >= 4 && b.link * 10 > b.weight * 8).count()
}

fn is_number_404(title: &str, tag: &str) -> bool {
    [title, tag]
        .iter()
        .any(|t| t.split(|c: char| !c.is_alphanumeric()).next() == Some("404") || (t.contains("error 404") || t.contains("404 error")))
}

fn consents(text: &str) -> usize {
    CONSENT.iter().filter(|p| text.contains(**p)).count()
}

fn page_text(flat: &Flat, limit: usize) -> String {
    lower(&flat.text, limit)
}

fn lower(text: &str, limit: usize) -> String {
    text.chars().take(limit).flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }).collect()
}

const BOT_TITLES: &[&str] = &[
    "just a moment",
    "attention required",
    "are you a robot",
    "access denied",
    "pardon our interruption",
    "verify you are human",
    "security check",
    "checking your browser",
    "ddos-guard",
    "human verification",
    "bot verification",
    "robot check",
    "please wait...",
    "request blocked",
    "zugriff verweigert",
    "accès refusé",
    "acceso denegado",
    "доступ ограничен",
    "вы не робот",
    "доступ запрещен",
];
const BOT: &[&str] = &[
    "checking your browser",
    "verify you are human",
    "verify that you are human",
    "are you a robot",
    "you are not a robot",
    "you're not a robot",
    "unusual traffic",
    "unusual activity",
    "automated requests",
    "automated access",
    "complete the captcha",
    "solve the captcha",
    "captcha below",
    "cloudflare ray id",
    "ray id:",
    "ddos protection",
    "press & hold",
    "press and hold",
    "enable cookies and reload",
    "browser integrity",
    "access to this page has been denied",
    "you don't have permission to access",
    "your request has been blocked",
    "you have been blocked",
    "your ip address has been",
    "incident id",
    "request unsuccessful",
    "security service to protect",
    "security of your connection",
    "performing security verification",
    "kein roboter",
    "sicherheitsüberprüfung",
    "n'êtes pas un robot",
    "vous n'êtes pas un robot",
    "no eres un robot",
    "não é um robô",
    "non sei un robot",
    "что вы не робот",
    "не робот",
    "لست روبوت",
    "لست برنامج روبوت",
];
const MISSING_TITLES: &[&str] = &[
    "page not found",
    "not found",
    "page can't be found",
    "page cannot be found",
    "page doesn't exist",
    "page does not exist",
    "page unavailable",
    "no longer available",
    "seite nicht gefunden",
    "nicht gefunden",
    "page introuvable",
    "page non trouvée",
    "página no encontrada",
    "pagina no encontrada",
    "no encontrado",
    "página não encontrada",
    "pagina non trovata",
    "страница не найдена",
    "сторінку не знайдено",
    "сторінка не знайдена",
    "الصفحة غير موجودة",
    "لم يتم العثور",
    "sayfa bulunamadı",
    "pagina niet gevonden",
    "sidan hittades inte",
];
const MISSING: &[&str] = &[
    "page you are looking for",
    "page you're looking for",
    "page you were looking for",
    "page you requested",
    "the requested page",
    "requested url was not found",
    "we can't find the page",
    "we couldn't find the page",
    "we could not find the page",
    "we can't seem to find",
    "this page doesn't exist",
    "this page does not exist",
    "this page could not be found",
    "article is no longer available",
    "story is no longer available",
    "content is no longer available",
    "die gesuchte seite",
    "die angeforderte seite",
    "seite existiert nicht",
    "la page que vous recherchez",
    "la page demandée",
    "la página que busca",
    "la página que buscas",
    "la página solicitada",
    "a página que você procura",
    "la pagina che cercavi",
    "la pagina richiesta",
    "la pagina che stai cercando",
    "запрашиваемая страница",
    "такой страницы не существует",
    "страница не существует",
    "сторінки не існує",
    "الصفحة التي تبحث عنها",
    "الصفحة المطلوبة",
];
const SCRIPT: &[&str] = &[
    "enable javascript",
    "javascript is disabled",
    "javascript is not enabled",
    "javascript is required",
    "requires javascript",
    "turn on javascript",
    "need to enable javascript",
    "activate javascript",
    "javascript to run this app",
    "without javascript",
    "doesn't work properly without javascript",
    "javascript aktivieren",
    "javascript ist deaktiviert",
    "aktivieren sie javascript",
    "activer javascript",
    "activez javascript",
    "habilitar javascript",
    "habilite javascript",
    "habilita javascript",
    "activar javascript",
    "active javascript",
    "ative o javascript",
    "abilita javascript",
    "abilitare javascript",
    "включите javascript",
    "включить javascript",
    "увімкніть javascript",
    "تفعيل javascript",
    "تفعيل جافا سكريبت",
];
const PAYWALL: &[&str] = &[
    "subscribe to continue",
    "subscribe to read",
    "subscribe to keep reading",
    "subscribe now to continue",
    "to continue reading",
    "continue reading your article with",
    "to keep reading",
    "already a subscriber",
    "this article is for subscribers",
    "for subscribers only",
    "subscribers only",
    "subscriber-only",
    "exclusive to subscribers",
    "exclusive for subscribers",
    "unlock this article",
    "unlock the full",
    "to read the full story",
    "to read the full article",
    "to read this article in full",
    "you have reached your limit",
    "you've reached your limit",
    "free articles remaining",
    "free articles this month",
    "log in to read",
    "sign in to read",
    "become a member to read",
    "register to read",
    "register to continue",
    "weiterlesen mit",
    "jetzt abonnieren und weiterlesen",
    "mit einem abo weiterlesen",
    "dieser artikel ist abonnenten",
    "nur für abonnenten",
    "exklusiv für abonnenten",
    "artikel freischalten",
    "jetzt weiterlesen",
    "réservé aux abonnés",
    "réservé à nos abonnés",
    "abonnez-vous pour lire",
    "pour lire la suite",
    "il vous reste",
    "contenido exclusivo para suscriptores",
    "solo para suscriptores",
    "exclusivo para suscriptores",
    "suscríbete para seguir leyendo",
    "suscríbete para leer",
    "para seguir leyendo",
    "exclusivo para assinantes",
    "conteúdo exclusivo para assinantes",
    "assine para continuar",
    "contenuto riservato agli abbonati",
    "riservato agli abbonati",
    "abbonati per continuare",
    "per continuare a leggere",
    "только для подписчиков",
    "доступно по подписке",
    "оформите подписку",
    "лише для передплатників",
    "للمشتركين فقط",
    "اشترك لمتابعة القراءة",
];
const CONSENT_TITLES: &[&str] = &[
    "before you continue",
    "cookie consent",
    "your privacy choices",
    "we value your privacy",
    "privacy center",
    "datenschutzeinstellungen",
    "consent",
];
const CONSENT: &[&str] = &[
    "we use cookies",
    "we and our partners",
    "we value your privacy",
    "accept all",
    "reject all",
    "manage cookies",
    "cookie settings",
    "cookie policy",
    "your consent",
    "withdraw your consent",
    "your privacy",
    "legitimate interest",
    "store and/or access information",
    "personalised ads",
    "personalized ads",
    "before you continue",
    "wir verwenden cookies",
    "alle akzeptieren",
    "zustimmen",
    "einwilligung",
    "unsere partner",
    "mit werbung",
    "nous utilisons des cookies",
    "nos partenaires",
    "tout accepter",
    "accepter et",
    "votre consentement",
    "utilizamos cookies",
    "aceptar todo",
    "aceptar y continuar",
    "nuestros socios",
    "su consentimiento",
    "usamos cookies",
    "aceitar todos",
    "nossos parceiros",
    "utilizziamo i cookie",
    "accetta tutti",
    "nostri partner",
    "il tuo consenso",
    "мы используем файлы cookie",
    "файлы cookie",
    "принять все",
    "ваше согласие",
    "ми використовуємо файли cookie",
    "نستخدم ملفات تعريف الارتباط",
    "قبول الكل",
    "موافقتك",
];
