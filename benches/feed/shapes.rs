//! Documents that mean harm: one shape repeated until the size is reached.

/// A shape's name, what it is put into, and what is repeated.
struct Shape {
    name: &'static str,
    head: &'static str,
    piece: &'static str,
    tail: &'static str,
}

const RSS: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel><title>x</title>";
const ATOM: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title>";
const JSON: &str = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"x\",\"items\":[{\"id\":\"1\",\"title\":\"x\",";

const fn shape(name: &'static str, head: &'static str, piece: &'static str, tail: &'static str) -> Shape {
    Shape { name, head, piece, tail }
}

/// `\u{1}` in a head stands for the RSS, `\u{2}` for the Atom, `\u{3}` for the JSON beginning; `#` in a piece for its number.
const SHAPES: &[Shape] = &[
    shape("depth: unknown elements", "\u{1}", "<x>", ""),
    shape("depth: closed unknown elements", "\u{1}<item>", "<x>", "</x></x></item></channel></rss>"),
    shape("depth: media groups", "\u{1}<item>", "<media:group>", ""),
    shape("depth: in a text", "\u{1}<item><description>", "<b>", "</description></item>"),
    shape("depth: XHTML content", "\u{2}<entry><content type=\"xhtml\">", "<div>", "</content></entry>"),
    shape("depth: sources", "\u{1}<item>", "<source>", ""),
    shape("depth: authors", "\u{2}<entry>", "<author>", ""),
    shape("depth: bases", "\u{2}", "<entry xml:base=\"a/\">", ""),
    shape("depth: feeds", "\u{2}", "<feed>", ""),
    shape("depth: JSON", "\u{3}\"x\":", "[", ""),
    shape(
        "entities: references",
        "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\">]>\u{1}<item><title>x</title><description>",
        "&a;",
        "</description></item>",
    ),
    shape(
        "entities: declared",
        "<!DOCTYPE rss [",
        "<!ENTITY a# \"&a0;&a1;\">",
        "]><rss><channel><item><title>&a1;</title></item></channel></rss>",
    ),
    shape("entities: numbers", "\u{1}<item><description>", "&#33;", "</description></item>"),
    shape("entities: doubled", "\u{1}<item><description>", "&amp;amp;", "</description></item>"),
    shape(
        "entities: double-encoded mark-up",
        "\u{1}<item><description>&amp;lt;p&amp;gt;&amp;lt;/p",
        "&amp;lt;p&amp;gt;",
        "</description></item>",
    ),
    shape("entities: unknown names", "\u{1}<item><title>", "&abcdefghijklmnopqrstuvwxyz", "</title></item>"),
    shape("entities: bare ampersands", "\u{1}<item><description>", "&", "</description></item>"),
    shape("items: empty", "\u{1}", "<item/>", "</channel></rss>"),
    shape("items: minimal", "\u{1}", "<item><title>#</title></item>", "</channel></rss>"),
    shape("items: unclosed", "\u{1}", "<item>", ""),
    shape("items: Atom", "\u{2}", "<entry><id>#</id></entry>", "</feed>"),
    shape("items: JSON", "\u{3}\"x\":1}", ",{\"id\":\"#\"}", "]}"),
    shape(
        "items: of 4 kB",
        "\u{1}",
        "<item><title>#</title><link>https://example.com/#</link><description>ITEM</description></item>",
        "</channel></rss>",
    ),
    shape("items: 4 kB titles", "\u{1}", "<item><title>ITEM</title></item>", "</channel></rss>"),
    shape("one: categories", "\u{1}<item>", "<category>c#</category>", "</item></channel></rss>"),
    shape("one: titles", "\u{1}<item>", "<title>t</title>", "</item></channel></rss>"),
    shape("one: texts", "\u{1}<item>", "<description>t</description>", "</item></channel></rss>"),
    shape("one: links", "\u{2}<entry>", "<link href=\"/\"/>", "</entry></feed>"),
    shape("one: enclosures", "\u{1}<item>", "<enclosure url=\"a\"/>", "</item></channel></rss>"),
    shape("one: media", "\u{1}<item>", "<media:content url=\"a\"/>", "</item></channel></rss>"),
    shape("one: authors", "\u{2}<entry>", "<author><name>n</name></author>", "</entry></feed>"),
    shape("one: persons of the channel", "\u{2}", "<author><name>n</name></author>", "</feed>"),
    shape("one: categories of the channel", "\u{1}", "<category>c</category>", "</channel></rss>"),
    shape("one: skipped hours", "\u{1}<skipHours>", "<hour>1</hour>", "</skipHours></channel></rss>"),
    shape("one: sources", "\u{1}<item>", "<source url=\"a\">n</source>", "</item></channel></rss>"),
    shape("one: long title", "\u{1}<item><title>", "word ", "</title></item></channel></rss>"),
    shape("one: long guid", "\u{1}<item><guid>", "word", "</guid></item></channel></rss>"),
    shape("one: long text", "\u{1}<item><description>", "word ", "</description></item></channel></rss>"),
    shape("one: long CDATA", "\u{1}<item><description><![CDATA[", "<p>word</p>", "]]></description></item></channel></rss>"),
    shape("one: many CDATA", "\u{1}<item><description>", "<![CDATA[a]]>", "</description></item></channel></rss>"),
    shape("one: mojibake", "\u{1}<item><description>", "â€™", "</description></item></channel></rss>"),
    shape("one: Base64", "\u{2}<entry><content type=\"application/octet-stream\">", "QUFB", "</content></entry></feed>"),
    shape("one: XHTML", "\u{2}<entry><content type=\"xhtml\">", "<p>a</p>", "</content></entry></feed>"),
    shape("one: plain text", "\u{2}<entry><content>", "&lt;", "</content></entry></feed>"),
    shape("attributes: on an item", "\u{1}<item ", "a#=\"1\" ", "><title>x</title></item></channel></rss>"),
    shape("attributes: in a text", "\u{1}<item><description><p ", "a=\"1\" ", ">x</p></description></item></channel></rss>"),
    shape("attributes: unquoted", "\u{1}<item ", "a ", "><title>x</title></item></channel></rss>"),
    shape("attributes: of the root", "<rss ", "a# ", "><channel><item><title>x</title></item></channel></rss>"),
    shape("namespaces: on one element", "\u{1}<item ", "xmlns:n#=\"http://n/#\" ", "><title>x</title></item></channel></rss>"),
    shape("namespaces: nested", "\u{1}<item>", "<n#:x xmlns:n#=\"http://n/#\">", ""),
    shape("broken: quotes", "", "\"", ""),
    shape("broken: quotes in a tag", "\u{1}<item a=", "\"'", ""),
    shape("broken: tags with an open quote", "\u{1}", "<a b=\"", ""),
    shape("broken: less-than signs", "\u{1}<item><title>x</title><description>", "<", "</description></item>"),
    shape("broken: less-than signs in a title", "\u{1}<item><title>", "&lt;b ", "</title></item>"),
    shape("broken: comments in a title", "\u{1}<item><title>", "&lt;!--", "</title></item>"),
    shape("broken: comments", "\u{1}<item><title>x</title>", "<!--", ""),
    shape("broken: CDATA", "\u{1}<item><title>x</title><description>", "<![CDATA[", ""),
    shape("broken: instructions", "\u{1}", "<?", ""),
    shape("broken: document types", "", "<!DOCTYPE [", ""),
    shape("broken: end tags", "\u{1}<item>", "</y>", ""),
    shape("broken: end tags of the text", "\u{1}<item><x>", "<y></item>", ""),
    shape("broken: open texts", "\u{1}<item>", "<description>", ""),
    shape("broken: open texts with a link", "\u{1}<item>", "<description><link>", "</item>"),
    shape("broken: open links", "\u{1}<item>", "<link>", "</item>"),
    shape("broken: control characters", "\u{1}<item><title>", "a\u{1}", "</title></item></channel></rss>"),
    shape("broken: closed roots", "", "<rss></rss>", ""),
    shape("broken: unknown roots", "", "<x/>", ""),
    shape("broken: spaces", "", " ", ""),
    shape("broken: byte order marks", "", "\u{feff}", ""),
    shape("JSON: numbers nobody asked for", "\u{3}\"x\":[0", ",0", "]}]}"),
    shape("JSON: tags", "\u{3}\"tags\":[\"\"", ",\"\"", "]}]}"),
    shape("JSON: authors", "\u{3}\"authors\":[{}", ",{}", "]}]}"),
    shape("JSON: attachments", "\u{3}\"attachments\":[{}", ",{}", "]}]}"),
    shape("JSON: keys", "\u{3}\"x\":1", ",\"#\":1", "}]}"),
    shape(
        "JSON: keys of the feed",
        "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"x\",\"authors\":[0",
        ",0",
        "],\"items\":[]}",
    ),
    shape("JSON: items that are lists", "{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"x\",\"items\":[[0", ",0", "]]}"),
    shape("JSON: escapes", "\u{3}\"content_html\":\"", "\\u003c", "\"}]}"),
    shape("JSON: HTML", "\u{3}\"content_html\":\"", "<p>word</p>", "\"}]}"),
    shape("JSON: items of 4 kB", "\u{3}\"x\":1}", ",{\"id\":\"#\",\"content_text\":\"ITEM\"}", "]}"),
    shape(
        "items: plain texts",
        "\u{2}",
        "<entry><id>#</id><content><![CDATA[<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<]]></content></entry>",
        "</feed>",
    ),
    shape("depth: sources within media", "\u{1}<item>", "<source><media:x>", ""),
    shape("one: empty sources", "\u{1}<item>", "<source></source>", "</item></channel></rss>"),
    shape("JSON: text", "\u{3}\"content_text\":\"", "<", "\"}]}"),
];

/// The documents, by name: every shape of `size` bytes in UTF-8, and one in each kind of other encoding.
pub fn documents(size: usize) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = SHAPES.iter().map(|shape| (shape.name.to_owned(), built(shape, size).into_bytes())).collect();
    let long = "<rss><channel><item><title>é</title><description>ü".to_owned();
    let wide: Vec<u8> = (long.clone() + &"é".repeat(size / 2)).encode_utf16().flat_map(u16::to_le_bytes).take(size).collect();
    all.push(("encoding: UTF-16 without a mark".to_owned(), wide));
    let latin = |byte: u8| long.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).chain(std::iter::repeat(byte)).take(size).collect();
    all.push(("encoding: Latin-1, unlabelled".to_owned(), latin(0xE9)));
    all.push(("encoding: no text at all".to_owned(), latin(0x81)));
    all.push(("encoding: UTF-8 with faults".to_owned(), long.bytes().chain("ééé".bytes().chain([0xFF]).cycle()).take(size).collect()));
    all.push(("encoding: zeros".to_owned(), vec![0; size]));
    all
}

fn built(shape: &Shape, size: usize) -> String {
    let head = shape.head.replace('\u{2}', ATOM).replace('\u{3}', JSON);
    // A document may hold a U+0001 of its own, only not in its head.
    let mut text = head.replace('\u{1}', RSS);
    let piece = shape.piece.replace("ITEM", &"&amp;lt;b&amp;gt; word ".repeat(190));
    let numbered = piece.contains('#') && !piece.contains("&#");
    let mut n = 0_u32;
    while text.len() + piece.len() + shape.tail.len() <= size {
        n += 1;
        if numbered { text += &piece.replace('#', &n.to_string()) } else { text += &piece }
    }
    text + shape.tail
}
