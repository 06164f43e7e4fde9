//! Documents as they come: whole, broken and hostile. Fixtures are written here; none is a publisher's.

use super::*;

fn read(text: &str) -> ParsedFeed {
    parse(text.as_bytes(), Context::default()).unwrap_or_else(|e| panic!("{e}: {}", text.chars().take(200).collect::<String>()))
}

fn titles(feed: &ParsedFeed) -> Vec<&str> {
    feed.entries.iter().map(|e| e.title.as_deref().unwrap_or("-")).collect()
}

fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>Channel</title><link>https://example.com/</link>{items}</channel></rss>"
    )
}

const GOOD: &str = "<item><title>The good one</title><link>https://example.com/good</link></item>";

#[test]
fn rss_2() {
    let feed = read(&rss("<ttl>60</ttl><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays><language>en</language>
        <item><title>A &amp;#8220;title&amp;#8221; &lt;i&gt;here&lt;/i&gt;</title><link> https://example.com/1 </link><guid isPermaLink=\"false\">g1</guid>
        <pubDate>Tue 11 Jan 2011 10:00:00 +0100</pubDate><dc:creator>Jane Roe</dc:creator><category>World</category>
        <source url=\"https://agency.example/rss\">The Agency</source><description>&lt;p&gt;Short&lt;/p&gt;</description>
        <content:encoded><![CDATA[<p>Long &amp; full</p>]]></content:encoded></item>
        <item><guid>https://example.com/2</guid><atom:link href=\"https://example.com/other\" rel=\"related\"/><description>No title</description></item>"));
    assert_eq!(feed.format, "RSS 2.0");
    assert_eq!(
        (feed.title.as_deref(), feed.site_url.as_deref(), feed.lang.as_deref()),
        (Some("Channel"), Some("https://example.com/"), Some("en"))
    );
    assert_eq!((feed.hints.interval_s, &feed.hints.skip_hours[..], &feed.hints.skip_days[..]), (Some(3600), &[3][..], &[6][..]));
    let first = &feed.entries[0];
    assert_eq!(first.title.as_deref(), Some("A “title” here"));
    assert_eq!(
        (first.guid.as_deref(), first.url.as_deref(), first.author.as_deref()),
        (Some("g1"), Some("https://example.com/1"), Some("Jane Roe"))
    );
    assert_eq!(first.published_at.map(|d| d.to_string()).as_deref(), Some("2011-01-11T09:00:00Z"));
    assert_eq!((first.summary.as_deref(), first.content.as_deref()), (Some("<p>Short</p>"), Some("<p>Long &amp; full</p>")));
    assert_eq!(first.source.as_ref().and_then(|s| s.title.as_deref()), Some("The Agency"));
    assert_eq!(first.categories, ["World"]);
    assert_eq!(feed.entries[1].url.as_deref(), Some("https://example.com/2"));
    assert!(feed.warnings.is_empty(), "{:?}", feed.warnings);
}

#[test]
fn atom_with_bases_sources_and_forms() {
    let feed = read("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://example.com/blog/\" xml:lang=\"fr\"><title type=\"html\">A &amp;amp; B</title>
        <link rel=\"self\" href=\"feed\"/><link href=\"/\"/><entry><id>tag:1</id><title type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">One <b>bold</b></div></title>
        <link rel=\"enclosure\" href=\"a.mp3\"/><link href=\"one\"/><published>2024-01-02T03:04:05Z</published><updated>2024-02-02T03:04:05+01:00</updated>
        <author><name>Jane</name><title>Editor</title></author><source><title>Elsewhere</title><id>x</id><link href=\"https://elsewhere.example/\"/></source>
        <content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Text</p></div></content><summary type=\"text\">1 &lt; 2</summary></entry></feed>");
    let entry = &feed.entries[0];
    assert_eq!(
        (feed.format.as_str(), feed.title.as_deref(), feed.lang.as_deref(), feed.site_url.as_deref()),
        ("Atom 1.0", Some("A & B"), Some("fr"), Some("https://example.com/"))
    );
    assert_eq!(
        (entry.title.as_deref(), entry.url.as_deref(), entry.author.as_deref()),
        (Some("One bold"), Some("https://example.com/blog/one"), Some("Jane"))
    );
    assert_eq!((entry.summary.as_deref(), entry.content.as_deref()), (Some("1 &lt; 2"), Some("<p>Text</p>")));
    assert_eq!(
        entry.source.as_ref().map(|s| (s.title.as_deref(), s.url.as_deref())),
        Some((Some("Elsewhere"), Some("https://elsewhere.example/")))
    );
}

#[test]
fn old_and_other_formats() {
    let cases = [
        (
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://my.netscape.com/rdf/simple/0.9/\"><channel><title>c</title></channel><item><title>Zero nine</title><link>http://example.com/</link></item></rdf:RDF>",
            "RSS 0.90",
            "Zero nine",
        ),
        (
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\"><channel><title>c</title></channel><item rdf:about=\"http://example.com/1\"><title>One oh</title><link>http://example.com/1</link></item></rdf:RDF>",
            "RSS 1.0",
            "One oh",
        ),
        ("<rss version=\"0.93\"><channel><item><title>Odd version</title></item></channel></rss>", "RSS 0.93", "Odd version"),
        (
            "<CHANNEL><TITLE>c</TITLE><ITEM HREF=\"http://example.com/1\"><TITLE>Channel definition</TITLE></ITEM></CHANNEL>",
            "RSS",
            "Channel definition",
        ),
        (
            "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><title mode=\"escaped\">Old atom</title><link href=\"http://example.com/\" rel=\"alternate\"/></entry></feed>",
            "Atom 0.3",
            "Old atom",
        ),
        (
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\"><url><loc>https://example.com/1</loc><news:news><news:publication><news:name>N</news:name></news:publication><news:title>Map news</news:title></news:news></url></urlset>",
            "sitemap",
            "Map news",
        ),
        (
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\",\"items\":[{\"id\":7,\"title\":\"Json\",\"content_text\":\"a < b\"}]}",
            "JSON Feed 1.1",
            "Json",
        ),
    ];
    for (text, format, title) in cases {
        let feed = read(text);
        assert_eq!((feed.format.as_str(), titles(&feed)), (format, vec![title]));
    }
    assert_eq!(read(cases[3].0).entries[0].url.as_deref(), Some("http://example.com/1"));
    assert_eq!(read(cases[6].0).entries[0].content.as_deref(), Some("a &lt; b"));
    assert_eq!(read(cases[6].0).entries[0].guid.as_deref(), Some("7"));
}

#[test]
fn broken_documents_lose_nothing() {
    let cases = [
        (format!("PHP Warning: x<br>\n{}", rss(GOOD)), 1),
        (format!("{}<script>junk()</script>", rss(GOOD)), 1),
        (rss(GOOD).replace("</channel></rss>", "<item><title>Cut off"), 2),
        (rss(&format!("<item><title>Q & A</title><link>https://example.com/?a=1&b=2</link></item>{GOOD}")), 2),
        (rss(&format!("<item><title>No end<link>https://example.com/x</link></item>{GOOD}")), 2),
        (rss(&format!("<item><title>First</title>{GOOD}")), 2),
        (rss(&format!("<item><description>Open <b>bold <link>https://example.com/x</link></item>{GOOD}")), 2),
        (rss(&format!("<item><media:description></media:description><title>Empty</title></item>{GOOD}")), 2),
        (rss(&format!("<item><foo:bar>undeclared</foo:bar><title>Prefix</title></item>{GOOD}")), 2),
        (rss(&format!("<item><author>é@example.com é</author><title>Panic</title></item>{GOOD}")), 2),
        (rss(GOOD).replace("rss version", "rss xmlns=\"http://unknown.example/\" version"), 1),
        (format!("<?xml version=\"1.0\"?>{}", rss(GOOD)), 1),
        (rss(&format!("<item><title>Bell\u{7} and \u{1}</title></item>{GOOD}")), 2),
    ];
    for (text, count) in cases {
        let feed = read(&text);
        assert_eq!(
            (feed.entries.len(), titles(&feed).last().copied()),
            (count, Some(if text.contains("Cut off") { "Cut off" } else { "The good one" })),
            "{text}"
        );
    }
    let feed = read(&rss("<item><title>No end<link>https://example.com/x</link></item>"));
    assert_eq!((titles(&feed), feed.entries[0].url.as_deref()), (vec!["No end"], Some("https://example.com/x")));
}

#[test]
fn encodings() {
    let text = rss(&GOOD.replace("good one", "café"));
    let latin: Vec<u8> = text.replace("?>", " encoding=\"iso-8859-1\"?>").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bare16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let contradicted = text.replace("?>", " encoding=\"utf-16\"?>").into_bytes();
    let nul = [b"\0\0\n".to_vec(), text.clone().into_bytes()].concat();
    for bytes in [latin, utf16, bare16, contradicted, nul] {
        let feed = parse(&bytes, Context::default()).unwrap();
        assert_eq!(titles(&feed), ["The café"], "{:?}", bytes.get(..60));
    }
    let labelled = parse(
        &text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>(),
        Context { base: None, content_type: Some("text/xml; Charset=\"windows-1252\"") },
    )
    .unwrap();
    assert_eq!(titles(&labelled), ["The café"]);
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    for (bytes, why) in [
        (&b""[..], "empty"),
        (b" \n", "empty"),
        (b"<!DOCTYPE html><html><head><title>Error</title></head></html>", "HTML"),
        (b"{\"error\":1}", "JSON"),
        (b"{\"a\":", "JSON"),
        (b"[1]", "JSON"),
        (b"hello", "no mark-up"),
        (b"<svg><g/></svg>", "<svg>"),
        (b"\xFF\xFE", "empty"),
    ] {
        match parse(bytes, Context::default()) {
            Err(FeedError::NotAFeed(said)) => assert!(said.contains(why), "{said}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn entities_are_text() {
    let feed = read(&format!(
        "<!DOCTYPE rss [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>{}",
        rss("<item><title>&b; and &f;</title><link>https://example.com/</link></item>")
    ));
    assert_eq!(titles(&feed), ["&b; and &f;"]);
}

#[test]
fn entities_neither_grow_nor_open_nor_connect() {
    let laughs: String = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let long = format!("<!ENTITY q \"{}\">", "q".repeat(50_000));
    let canary = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, "canary").unwrap();
    let outside = format!(
        "<!ENTITY f SYSTEM \"file://{}\"><!ENTITY h SYSTEM \"http://{}/\"><!ENTITY % p SYSTEM \"http://{1}/dtd\">%p;",
        file.path().display(),
        canary.local_addr().unwrap()
    );
    let item = format!(
        "<item><title>&l9; &f; &h;</title><link>https://example.com/</link><description>{} &l9; &f;</description></item>",
        "&q;".repeat(50_000)
    );
    let text = format!("<!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}{long}{outside}]>{}", rss(&item));
    let feed = read(&text);
    assert_eq!(titles(&feed), ["&l9; &f; &h;"]);
    assert!(format!("{feed:?}").len() < 2 * text.len() && !format!("{feed:?}").contains("canary"));
    assert!(canary.accept().is_err(), "something connected");
}

#[test]
fn hostile_shapes_are_read_or_refused() {
    let many = |piece: &str, n: usize| piece.repeat(n);
    let cases = [
        rss(&format!("{}{}{GOOD}", many("<x>", 100_000), many("</x>", 100_000))),
        rss(&format!("<item><title>deep</title>{}{}</item>{GOOD}", many("<media:group>", 100_000), many("</media:group>", 100_000))),
        rss(&format!("<item {}><title>attributes</title></item>{GOOD}", (0..200_000).map(|n| format!("a{n}=\"1\" ")).collect::<String>())),
        rss(&format!(
            "<item {}><title>namespaces</title></item>{GOOD}",
            (0..300).map(|n| format!("xmlns:n{n}=\"http://n/{n}\" ")).collect::<String>()
        )),
        rss(&format!("<item>{}</item>{GOOD}", many("<description>", 100_000))),
        rss(&format!("<item><title>{}</title></item>{GOOD}", many("&lt;b ", 200_000))),
        rss(&format!("<item><title>{}</title></item>{GOOD}", many("&lt;!--", 200_000))),
        rss(&format!("<item><title>{}</title></item>{GOOD}", many("<", 500_000))),
        rss(&format!("<item><title>x</title>{}</item>{GOOD}", many("</y>", 300_000))),
        rss(&format!("<item><title>x</title>{}</item>{GOOD}", many("<!-- ", 300_000))),
        format!("{}{}", many("<!DOCTYPE [ ", 100_000), rss(GOOD)),
        rss(&format!("<item><title>x</title>{}</item>{GOOD}", many("<category>c</category>", 100_000))),
        rss(&format!("<item><title>x</title>{}</item>{GOOD}", many("<source>", 100_000))),
        rss(&format!("<item><title>x</title>{}</item>{GOOD}", many("<source><media:x>", 100_000))),
    ];
    for text in cases {
        let feed = read(&text);
        assert_eq!(titles(&feed).last(), Some(&"The good one"), "{}", text.get(300..400).unwrap_or(""));
    }
    let deep = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{}", many("[", 100_000));
    assert!(parse(deep.as_bytes(), Context::default()).is_err());
}

#[test]
fn no_more_than_the_limit_is_taken_and_that_is_said() {
    let items: String =
        (0..MOST_ENTRIES + 500).map(|n| format!("<item><title>Number {n}</title><link>https://example.com/{n}</link></item>")).collect();
    let json: String = (0..MOST_ENTRIES + 500).map(|n| format!("{{\"id\":\"{n}\"}},")).collect();
    let json = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"t\",\"items\":[{}]}}", json.trim_end_matches(','));
    for text in [rss(&items), json] {
        let feed = read(&text);
        assert_eq!(feed.entries.len(), MOST_ENTRIES);
        assert!(feed.warnings.iter().any(|w| w.contains("2000")), "{:?}", feed.warnings);
    }
}

#[test]
fn dates_are_kept_as_stated() {
    let dates = ["Thu, 01 Jan 1970 00:00:00 GMT", "9999-12-30T10:00:00Z", "0001-01-01T00:00:00Z", "garbage", "", "2099-01-01"];
    let feed = read(&rss(&dates.iter().map(|d| format!("<item><title>Dated</title><pubDate>{d}</pubDate></item>")).collect::<String>()));
    let read: Vec<Option<String>> = feed.entries.iter().map(|e| e.published_at.map(|d| d.to_string())).collect();
    let want = [Some("1970-01-01T00:00:00Z"), Some("9999-12-30T10:00:00Z"), None, None, None, Some("2099-01-01T00:00:00Z")];
    assert_eq!(read, want.map(|d| d.map(str::to_owned)));
}

/// Identity must not depend on which reader a document falls to: sound at one poll, broken at the next.
#[test]
fn both_readers_say_the_same() {
    let sound = rss(&format!(
        "<item><title>A &amp;amp; B <![CDATA[<b>c</b>]]></title><link>https://example.com/1?a=1&amp;b=2</link><guid>x</guid><pubDate>2024-01-02</pubDate><description>&lt;p&gt;&amp;nbsp;x&lt;/p&gt;</description><content:encoded><![CDATA[<p>y</p>]]></content:encoded></item>{GOOD}"
    ));
    let broken = format!("{sound}</nothing>");
    let (a, b) = (read(&sound), read(&broken));
    assert_eq!(a.entries, b.entries);
    assert!(a.warnings.is_empty() && !b.warnings.is_empty());
}

#[test]
fn relative_links_meet_the_address_of_the_feed() {
    let base = Url::parse("https://example.org/feeds/rss").unwrap();
    let text = rss("<item><title>Relative</title><link>../story</link></item>");
    let feed = parse(text.as_bytes(), Context { base: Some(&base), content_type: None }).unwrap();
    assert_eq!(feed.entries[0].url.as_deref(), Some("https://example.org/story"));
    assert_eq!(read(&text).entries[0].url.as_deref(), Some("https://example.com/story"));
}

#[test]
fn a_relative_id_is_an_address_only_where_the_document_gives_a_base() {
    let atom = |base: &str, id: &str| {
        let text = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\" {base}><entry><id>{id}</id><title>x</title></entry></feed>");
        let address = Url::parse("https://example.org/feed").unwrap();
        parse(text.as_bytes(), Context { base: Some(&address), content_type: None }).unwrap().entries[0].url.clone()
    };
    assert_eq!(atom("xml:base=\"https://example.com/blog/\"", "2024/story").as_deref(), Some("https://example.com/blog/2024/story"));
    assert_eq!(atom("xml:base=\"https://example.com/blog/\"", "2024-story"), None);
    assert_eq!(atom("", "2024/story"), None);
}

#[test]
fn warnings_say_what_was_repaired() {
    let said = |items: &str| read(&rss(items)).warnings;
    let mojibake = said("<item><title>Don\u{e2}\u{20ac}\u{2122}t</title></item>");
    assert!(matches!(&mojibake[..], [one] if one.contains("Windows-1252")), "{mojibake:?}");
    let doubled = said("<item><title>x</title><description>&amp;lt;p&amp;gt;Twice&amp;lt;/p&amp;gt;</description></item>");
    assert!(matches!(&doubled[..], [one] if one.contains("twice")), "{doubled:?}");
    assert_eq!(said(GOOD), Vec::<String>::new(), "the next document has none of them");
}
