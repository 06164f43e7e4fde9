"""Pages of row 25 of FAULTS.md, written to a folder: what a hostile or broken site may send."""
import os


def write(folder):
    """Writes every page; returns {name: path}."""
    body = "<p>" + "The harbour master said that the pilots would go out again at dawn. " * 30 + "</p>"
    pages = {
        "a million nested elements": "<div>" * 1_000_000 + body,
        "a million nested spans": "<p>" + "<span>" * 1_000_000 + "deep",
        "100,000 attributes": "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">" + body,
        "100,000 elements with attributes": "".join(f'<p class="c{n}" id="i{n}">x' for n in range(100_000)),
        "16,000 nested font": "<p>" + "<font>" * 16_000 + "text" + "</p><p>" * 16_000,
        "nested formatting, misnested": "<b><i><u><a href=x>" * 8_000 + "</b></i></u></a>" * 8_000 + body,
        "foster-parented tables": "<table>" * 20_000 + "<tr>text" * 20_000 + body,
        "a table of stray text": "<table>" + "stray<tr>" * 200_000,
        "a million entities": "<p>" + "&amp;&nbsp;&#8217;&notit;" * 250_000,
        "one line of 100 MB": "<p>" + "word " * 20_000_000,
        "an open comment": "<!--" + "-" * 4_000_000,
        "an open script": body + "<script>" + "if(a<b)" * 600_000,
        "nested JSON-LD": '<script type="application/ld+json">' + '{"a":[' * 500_000 + "</script>" + body,
        "130,000 links": "".join(f'<a href="/{n}">headline {n}</a>' for n in range(130_000)),
    }
    paths = {}
    for n, (name, page) in enumerate(pages.items()):
        paths[name] = os.path.join(folder, f"hostile-{n}.html")
        with open(paths[name], "w") as file:
            file.write("<!doctype html><html><body>" + page)
    return paths
