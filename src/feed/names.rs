//! The vocabulary: which element of which namespace means what.

/// The namespaces that matter, under whatever prefix a document binds them to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ns {
    /// The feed's own: RSS of any version, Atom in an Atom document, no namespace, or one nobody knows as the default.
    Plain,
    Atom,
    Dc,
    DcTerms,
    Content,
    Media,
    Itunes,
    Sy,
    News,
    Xhtml,
    Rdf,
    /// Known to be something else.
    Other,
}

impl Ns {
    /// The namespace of a URI. Compared loosely, since versions, slashes and capitals of these vary in the wild.
    pub(super) fn of_uri(uri: &str) -> Option<Self> {
        const URIS: &[(&str, Ns)] = &[
            ("w3.org/2005/atom", Ns::Atom),
            ("purl.org/atom/ns", Ns::Atom),
            ("purl.org/atom-blog/ns", Ns::Atom),
            ("purl.org/dc/elements", Ns::Dc),
            ("purl.org/dc/1.", Ns::Dc),
            ("purl.org/metadata/dublin_core", Ns::Dc),
            ("purl.org/dc/terms", Ns::DcTerms),
            ("purl.org/rss/1.0/modules/dcterms", Ns::DcTerms),
            ("purl.org/rss/1.0/modules/content", Ns::Content),
            ("purl.org/rss/modules/content", Ns::Content),
            ("purl.org/rss/1.0/modules/syndication", Ns::Sy),
            ("purl.org/rss/1.0/modules", Ns::Other),
            ("/mrss", Ns::Media),
            ("itunes.com/dtds/podcast", Ns::Itunes),
            ("schemas/sitemap-news", Ns::News),
            ("schemas/sitemap-image", Ns::Other),
            ("schemas/sitemap-video", Ns::Other),
            ("w3.org/1999/xhtml", Ns::Xhtml),
            ("w3.org/1999/02/22-rdf-syntax", Ns::Rdf),
            ("purl.org/rss/", Ns::Plain),
            ("purl.org/net/rss", Ns::Plain),
            ("my.netscape.com", Ns::Plain),
            ("channel.netscape.com", Ns::Plain),
            ("backend.userland.com", Ns::Plain),
            ("blogs.law.harvard.edu/tech/rss", Ns::Plain),
            ("cyber.law.harvard.edu/rss", Ns::Plain),
            ("schemas/sitemap", Ns::Plain),
        ];
        let uri = uri.to_ascii_lowercase();
        URIS.iter().find(|(part, _)| uri.contains(part)).map(|(_, ns)| *ns)
    }

    /// What a prefix means that the document does not declare.
    pub(super) fn of_prefix(prefix: &str) -> Self {
        match prefix {
            "" | "rss" => Self::Plain,
            "atom" | "atom03" | "a10" => Self::Atom,
            "dc" => Self::Dc,
            "dcterms" => Self::DcTerms,
            "content" => Self::Content,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            "sy" => Self::Sy,
            "news" => Self::News,
            "xhtml" | "html" => Self::Xhtml,
            "rdf" => Self::Rdf,
            _ => Self::Other,
        }
    }
}

/// Where an element stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Outside entries: the document or its channel.
    Feed,
    /// In an entry.
    Entry,
    /// In an author or contributor.
    Person,
    /// In the source that an entry names.
    Source,
    /// In something that has titles and links of its own: an image, a text input, a media group.
    Aside,
}

/// What an element is for newsfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// `rss`, `RDF`, `feed`, `urlset`, `channel`.
    Frame,
    Entry,
    /// A container whose inside is not the entry's own.
    Aside,
    Person,
    Source,
    /// `link` and its like: an `href` or a text.
    Link,
    /// A text field, with its rank: of two that say the same the higher rank wins.
    Field(Field, u8),
    Unknown,
}

/// The text fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Address,
    Guid,
    Summary,
    Content,
    Author,
    Name,
    Email,
    Published,
    Updated,
    Category,
    Language,
    Ttl,
    Hour,
    Day,
    Period,
    Frequency,
}

impl Field {
    /// True for fields that hold HTML, in which other elements may stand.
    pub(super) fn holds_markup(self) -> bool {
        matches!(self, Self::Summary | Self::Content)
    }
}

/// What the element `name` (local, lower case) of `ns` is. `atom`: the document is an Atom feed.
pub(super) fn meaning(ns: Ns, name: &str, atom: bool) -> Tag {
    use Field as F;
    match ns {
        Ns::Plain => plain(name, 9),
        // An Atom element in RSS says the same as RSS' own, and yields to it.
        Ns::Atom if atom => plain(name, 9),
        Ns::Atom if matches!(name, "entry" | "feed") => plain(name, 9),
        Ns::Atom => plain(name, 6),
        Ns::Dc | Ns::DcTerms => match name {
            "title" => Tag::Field(F::Title, 4),
            "description" | "abstract" => Tag::Field(F::Summary, 4),
            "creator" => Tag::Field(F::Author, 6),
            "author" => Tag::Field(F::Author, 5),
            "date" | "issued" | "created" => Tag::Field(F::Published, if name == "date" { 6 } else { 5 }),
            "modified" => Tag::Field(F::Updated, 6),
            "subject" => Tag::Field(F::Category, 1),
            "identifier" => Tag::Field(F::Guid, 2),
            "language" => Tag::Field(F::Language, 5),
            _ => Tag::Unknown,
        },
        Ns::Content => match name {
            "encoded" => Tag::Field(F::Content, 8),
            _ => Tag::Unknown,
        },
        Ns::Media => match name {
            "title" => Tag::Field(F::Title, 2),
            "description" => Tag::Field(F::Summary, 2),
            "group" | "content" => Tag::Unknown,
            _ => Tag::Aside,
        },
        Ns::Itunes => match name {
            "author" => Tag::Field(F::Author, 4),
            "summary" => Tag::Field(F::Summary, 3),
            "title" => Tag::Field(F::Title, 3),
            _ => Tag::Aside,
        },
        Ns::Sy => match name {
            "updateperiod" => Tag::Field(F::Period, 5),
            "updatefrequency" => Tag::Field(F::Frequency, 5),
            _ => Tag::Unknown,
        },
        Ns::News => match name {
            "title" => Tag::Field(F::Title, 9),
            "publication_date" => Tag::Field(F::Published, 9),
            "news" => Tag::Unknown,
            _ => Tag::Aside,
        },
        Ns::Rdf if name == "rdf" => Tag::Frame,
        Ns::Xhtml if name == "body" || name == "div" => Tag::Field(F::Content, 5),
        Ns::Xhtml | Ns::Rdf => Tag::Unknown,
        Ns::Other => Tag::Aside,
    }
}

fn plain(name: &str, rank: u8) -> Tag {
    use Field as F;
    match name {
        "rss" | "rdf" | "feed" | "channel" | "urlset" => Tag::Frame,
        "item" | "entry" | "url" => Tag::Entry,
        "image" | "textinput" | "cloud" | "enclosure" | "logo" | "icon" | "generator" => Tag::Aside,
        "author" | "contributor" | "managingeditor" | "webmaster" => Tag::Person,
        "source" => Tag::Source,
        "link" => Tag::Link,
        "title" => Tag::Field(F::Title, rank),
        "loc" => Tag::Field(F::Address, rank),
        "guid" | "id" => Tag::Field(F::Guid, rank),
        "description" | "summary" => Tag::Field(F::Summary, rank),
        "tagline" | "subtitle" | "info" | "abstract" => Tag::Field(F::Summary, 2),
        "content" | "fullitem" => Tag::Field(F::Content, rank),
        "body" => Tag::Field(F::Content, 5),
        "name" => Tag::Field(F::Name, rank),
        "email" => Tag::Field(F::Email, rank),
        "pubdate" | "published" => Tag::Field(F::Published, rank),
        "issued" | "date" => Tag::Field(F::Published, rank.saturating_sub(1)),
        "created" => Tag::Field(F::Published, 4),
        "updated" | "modified" => Tag::Field(F::Updated, rank),
        "lastmod" | "lastbuilddate" => Tag::Field(F::Updated, rank.saturating_sub(1)),
        "category" | "keywords" => Tag::Field(F::Category, rank),
        "language" => Tag::Field(F::Language, rank),
        "ttl" => Tag::Field(F::Ttl, rank),
        "hour" => Tag::Field(F::Hour, rank),
        "day" => Tag::Field(F::Day, rank),
        _ => Tag::Unknown,
    }
}
