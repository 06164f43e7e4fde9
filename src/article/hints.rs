//! What the words of `class`, `id` and their like say about an element.
//!
//! Names are split into words at punctuation and at capitals and looked up whole, so that "ad" is not found in "gradient".

/// A set of hints.
pub(super) type Hints = u32;

pub(super) const COMMENTS: Hints = 1;
pub(super) const RELATED: Hints = 1 << 1;
pub(super) const SHARE: Hints = 1 << 2;
pub(super) const NEWSLETTER: Hints = 1 << 3;
pub(super) const AD: Hints = 1 << 4;
pub(super) const NAV: Hints = 1 << 5;
pub(super) const FOOTER: Hints = 1 << 6;
pub(super) const ASIDE: Hints = 1 << 7;
pub(super) const TAGS: Hints = 1 << 8;
pub(super) const AUTHOR: Hints = 1 << 9;
pub(super) const META: Hints = 1 << 10;
pub(super) const CAPTION: Hints = 1 << 11;
pub(super) const CONSENT: Hints = 1 << 12;
pub(super) const HIDDEN: Hints = 1 << 13;
pub(super) const TOC: Hints = 1 << 14;
pub(super) const FORM: Hints = 1 << 15;
pub(super) const PAYWALL: Hints = 1 << 16;
/// A repeated card: a linked heading with some text.
pub(super) const CARDS: Hints = 1 << 17;
/// The summary that stands before the body.
pub(super) const LEAD: Hints = 1 << 18;
pub(super) const HEADLINE: Hints = 1 << 19;
/// Named as the article's body.
pub(super) const BODY: Hints = 1 << 20;
/// Named as content of some kind.
pub(super) const CONTENT: Hints = 1 << 21;
/// `itemprop=articleBody`.
pub(super) const ARTICLE_BODY: Hints = 1 << 22;
pub(super) const HEADER: Hints = 1 << 23;
pub(super) const ARTICLE: Hints = 1 << 24;
pub(super) const MAIN: Hints = 1 << 25;
pub(super) const EMBED: Hints = 1 << 26;
pub(super) const DISCLAIMER: Hints = 1 << 27;
pub(super) const LIVE: Hints = 1 << 28;
/// Pictures with some words, or a body that is shown in steps.
pub(super) const GALLERY: Hints = 1 << 29;
/// Taken out by the site's rules.
pub(super) const REMOVED: Hints = 1 << 30;

/// What takes an element out of the text, unless most of the page's text stands in it.
pub(super) const DROP: Hints = COMMENTS
    | RELATED
    | SHARE
    | NEWSLETTER
    | AD
    | NAV
    | FOOTER
    | ASIDE
    | TAGS
    | AUTHOR
    | META
    | CAPTION
    | GALLERY
    | CONSENT
    | HIDDEN
    | TOC
    | FORM
    | CARDS
    | DISCLAIMER
    | REMOVED;

/// Words that mean something only beside another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    None,
    /// article, story, post …
    Piece,
    /// body, content, text …
    Inside,
    More,
    Read,
    See,
    Also,
    Sign,
    Up,
    Most,
    Screen,
    Only,
    Of,
    Wp,
    Next,
    You,
    Call,
    Back,
    Photo,
    Right,
    Label,
}

/// The hints of one attribute's value.
pub(super) fn hints_of(value: &str) -> Hints {
    let mut found = 0;
    let mut word = [0u8; 24];
    let mut len = 0;
    let mut before = Half::None;
    let mut last_lower = false;
    for &byte in value.as_bytes().iter().take(400) {
        let upper = byte.is_ascii_uppercase();
        if !byte.is_ascii_alphanumeric() || (upper && last_lower) {
            before = look_up(word.get(..len).unwrap_or(&[]), before, &mut found);
            len = 0;
            if byte == b' ' {
                before = Half::None;
            }
        }
        if byte.is_ascii_alphanumeric() {
            if let Some(slot) = word.get_mut(len) {
                *slot = byte.to_ascii_lowercase();
            }
            len += 1;
        }
        last_lower = byte.is_ascii_lowercase();
    }
    look_up(word.get(..len).unwrap_or(&[]), before, &mut found);
    found
}

fn look_up(word: &[u8], before: Half, found: &mut Hints) -> Half {
    if word.is_empty() {
        return before;
    }
    let (mut hints, half) = meaning(word);
    if before == Half::Label {
        // "label-hidden": the field shows, its label does not.
        hints &= !HIDDEN;
    }
    *found |= hints;
    *found |= match (before, half) {
        (Half::Piece, Half::Inside) | (Half::Inside, Half::Piece) => BODY,
        (Half::Inside, Half::Inside) => CONTENT,
        (Half::Read | Half::See, Half::Also | Half::More) | (Half::Also, Half::Read) | (Half::Read, Half::Next) => RELATED,
        (Half::Most, Half::Read) | (Half::More, Half::Piece) | (Half::You, Half::Also) | (Half::Up, Half::Next) => RELATED,
        (Half::Next, Half::Piece) => RELATED,
        (Half::Sign, Half::Up) => NEWSLETTER,
        (Half::Screen, Half::Read) | (Half::Screen, Half::Only) => HIDDEN,
        (Half::Photo, Half::Piece | Half::Inside) => GALLERY,
        _ => 0,
    };
    half
}

#[allow(clippy::too_many_lines)] // a table
fn meaning(word: &[u8]) -> (Hints, Half) {
    use Half as H;
    let hints = match word {
        b"comment" | b"comments" | b"commentlist" | b"disqus" | b"kommentar" | b"kommentare" | b"commentaires" | b"comentarios"
        | b"commenti" | b"livefyre" | b"viafoura" | b"spotim" | b"respond" | b"discussion" => COMMENTS,
        b"related" | b"relateds" | b"relatedposts" | b"relatedarticles" | b"relatedcontent" | b"relatedstories" | b"recommended"
        | b"recommendation" | b"recommendations" | b"recommend" | b"recirc" | b"recirculation" | b"popular" | b"trending" | b"mostread"
        | b"mostpopular" | b"outbrain" | b"taboola" | b"similar" | b"readmore" | b"readalso" | b"seealso" | b"morestories"
        | b"morefrom" | b"upnext" | b"jp-relatedposts" | b"relacionadas" | b"relacionados" | b"relacionada" | b"correlati"
        | b"correlate" | b"verwandt" | b"suggested" | b"suggestions" | b"yarpp" | b"zergnet" | b"revcontent" | b"alsoread"
        | b"crosslinks" | b"jeg_post_related" | b"lireaussi" => RELATED,
        b"share" | b"shares" | b"sharing" | b"sharebar" | b"sharedaddy" | b"addthis" | b"addtoany" | b"sharethis" | b"social"
        | b"socials" | b"socialshare" | b"follow" | b"followus" | b"teilen" | b"partager" | b"compartir" | b"whatsapp" | b"telegram" => {
            SHARE
        }
        b"newsletter" | b"newsletters" | b"subscribe" | b"subscription" | b"signup" | b"optin" | b"mailchimp" | b"mailing" => NEWSLETTER,
        b"ad" | b"ads" | b"adv" | b"advert" | b"adverts" | b"advertisement" | b"advertisements" | b"advertising" | b"adsbygoogle"
        | b"adslot" | b"adunit" | b"adbox" | b"sponsor" | b"sponsors" | b"sponsored" | b"dfp" | b"gpt" | b"anzeige" | b"werbung"
        | b"publicidad" | b"publicite" | b"reklama" | b"promo" | b"promos" | b"promotion" | b"promoted" | b"cta" | b"banner"
        | b"affiliate" | b"donate" | b"donation" => AD,
        b"nav" | b"navi" | b"navigation" | b"navbar" | b"menu" | b"menus" | b"submenu" | b"breadcrumb" | b"breadcrumbs" | b"pagination"
        | b"pager" | b"pagenav" | b"toolbar" | b"skiplink" | b"topbar" => NAV,
        b"footer" | b"bottombar" | b"siteinfo" => FOOTER,
        b"sidebar" | b"sidebars" | b"aside" | b"rail" | b"rightcol" | b"marginalia" | b"secondary" => ASIDE,
        b"tags" | b"tag" | b"taglist" | b"tagcloud" | b"keywords" | b"topics" | b"categories" | b"tagovi" => TAGS,
        b"author" | b"authors" | b"byline" | b"bylines" | b"bio" | b"biography" | b"autor" | b"autoren" | b"auteur" | b"contributor"
        | b"contributors" | b"writer" | b"authorbox" | b"autore" => AUTHOR,
        b"meta" | b"metadata" | b"postmeta" | b"timestamp" | b"date" | b"datetime" | b"pubdate" | b"published" | b"updated" | b"datum"
        | b"fecha" | b"readtime" | b"postinfo" | b"articlemeta" | b"entrymeta" => META,
        b"carousel" | b"slider" | b"slideshow" | b"lightbox" | b"thumbnail" | b"gallery" => GALLERY,
        b"caption" | b"captions" | b"figcaption" | b"credit" | b"credits" | b"photocredit" | b"imagecaption" | b"bildunterschrift"
        | b"legende" | b"didascalia" => CAPTION,
        b"cookie" | b"cookies" | b"consent" | b"gdpr" | b"onetrust" | b"cmp" | b"modal" | b"popup" | b"overlay" | b"toast" | b"tooltip"
        | b"alert" => CONSENT,
        b"hidden" | b"invisible" | b"visuallyhidden" | b"sr" | b"noprint" | b"offscreen" => HIDDEN,
        b"toc" | b"tableofcontents" => TOC,
        b"login" | b"searchform" | b"search" | b"poll" | b"quiz" | b"survey" | b"feedback" | b"rating" | b"ratings" | b"vote" => FORM,
        b"paywall" | b"regwall" | b"piano" | b"barrier" => PAYWALL,
        b"disclaimer" | b"copyright" | b"disclosure" | b"imprint" | b"legal" => DISCLAIMER,
        b"standfirst" | b"lead" | b"lede" | b"intro" | b"introduction" | b"deck" | b"dek" | b"subtitle" | b"subheadline" | b"subhead"
        | b"subheading" | b"summary" | b"excerpt" | b"description" | b"chapo" | b"chapeau" | b"sottotitolo" | b"sommario" | b"bajada"
        | b"entradilla" | b"vorspann" | b"sapo" | b"perex" | b"ingress" | b"abstract" => LEAD,
        b"headline" | b"title" | b"entrytitle" | b"heading" => HEADLINE,
        b"articlebody" | b"storybody" | b"entrycontent" | b"postcontent" | b"articlecontent" | b"articletext" | b"storycontent"
        | b"storytext" | b"postbody" | b"bodytext" | b"bodycopy" | b"bodycontent" | b"richtext" | b"wysiwyg" | b"prose" | b"cuerpo"
        | b"artikeltext" | b"newsbody" | b"newstext" | b"newscontent" | b"fulltext" | b"blogcontent" | b"maintext" | b"contentbody" => {
            BODY | CONTENT
        }
        b"contenido" | b"texto" | b"inhalt" | b"contenu" | b"testo" | b"corpo" => CONTENT,
        b"embed" | b"embeds" | b"tweet" | b"instagram" | b"video" | b"player" | b"audio" | b"podcast" => EMBED,
        b"liveblog" => LIVE,
        _ => 0,
    };
    let half = match word {
        b"article" | b"story" | b"post" | b"entry" | b"news" | b"artikel" | b"articulo" | b"nota" | b"noticia" | b"blog" | b"press"
        | b"stories" | b"articles" | b"posts" | b"td" => H::Piece,
        b"body" | b"content" | b"contents" | b"text" | b"copy" | b"paragraph" | b"paragraphs" | b"detail" | b"details" | b"main" => {
            H::Inside
        }
        b"more" => H::More,
        b"read" | b"reader" => H::Read,
        b"see" => H::See,
        b"also" => H::Also,
        b"sign" => H::Sign,
        b"up" => H::Up,
        b"most" => H::Most,
        b"screen" => H::Screen,
        b"only" => H::Only,
        b"of" => H::Of,
        b"wp" => H::Wp,
        b"next" | b"previous" | b"prev" => H::Next,
        b"you" => H::You,
        b"call" => H::Call,
        b"back" => H::Back,
        b"photo" | b"image" | b"picture" | b"media" | b"img" => H::Photo,
        b"right" => H::Right,
        b"label" => H::Label,
        _ => H::None,
    };
    let hints = if matches!(half, H::Piece | H::Inside) { hints | CONTENT } else { hints };
    (hints, half)
}

/// The hints of an ARIA role.
pub(super) fn of_role(role: &str) -> Hints {
    match role {
        "navigation" | "menu" | "menubar" | "search" | "tablist" | "toolbar" => NAV,
        "complementary" => ASIDE,
        "contentinfo" => FOOTER,
        "banner" => HEADER,
        "dialog" | "alertdialog" | "alert" | "tooltip" => CONSENT,
        "main" => MAIN,
        "article" => ARTICLE,
        _ => 0,
    }
}

/// The names of a set, for people.
pub(super) fn names(hints: Hints) -> String {
    const NAMES: [&str; 31] = [
        "comments",
        "related",
        "share",
        "newsletter",
        "ad",
        "nav",
        "footer",
        "aside",
        "tags",
        "author",
        "meta",
        "caption",
        "consent",
        "hidden",
        "toc",
        "form",
        "paywall",
        "cards",
        "lead",
        "headline",
        "body",
        "content",
        "articleBody",
        "header",
        "article",
        "main",
        "embed",
        "disclaimer",
        "live",
        "gallery",
        "removed",
    ];
    let all: Vec<&str> = NAMES.iter().enumerate().filter(|(i, _)| hints & (1 << i) != 0).map(|(_, n)| *n).collect();
    all.join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_up_whole() {
        assert_eq!(hints_of("gradient loading"), 0);
        assert_ne!(hints_of("top-ad") & AD, 0);
        assert_ne!(hints_of("storyRelatedBox") & RELATED, 0);
    }

    #[test]
    fn two_words_together() {
        assert_ne!(hints_of("article__body") & BODY, 0);
        assert_ne!(hints_of("entry-content") & BODY, 0);
        assert_ne!(hints_of("ArticleBody") & BODY, 0);
        assert_ne!(hints_of("screen-reader-text") & HIDDEN, 0);
        assert_eq!(hints_of("article body") & BODY, 0);
    }
}
