#!/usr/bin/env python3
"""Serve texts as the pages of news sites on loopback: an outlet a publisher, with a feed, and each text in its outlet's own template.

usage: eval/pages.py TEXTS.jsonl --port N [--print-config]

Outlet number K answers at 127.31.0.(K+1):PORT with /feed.xml (RSS 2.0) and /a/ID.html. A template has what such pages have around the
text: navigation, share buttons, a byline, teasers of the outlet's other articles, a newsletter box, a footer. --print-config writes the
[[feed]] blocks and exits.
"""
import argparse, email.utils, datetime, html, http.server, json, random, socketserver, sys


def load(path):
    outlets = {}
    for line in open(path, encoding="utf8"):
        a = json.loads(line)
        outlets.setdefault(a.get("publisher") or a.get("source") or "unknown", []).append(a)
    return sorted(outlets.items())


def rss(name, base, items):
    rows = "".join(
        f"<item><title>{html.escape(a['title'] or '')}</title><link>{base}/a/{a['id']}.html</link><guid isPermaLink=\"false\">{a['id']}</guid>"
        f"<pubDate>{email.utils.format_datetime(datetime.datetime.fromisoformat(a['published_at']))}</pubDate></item>" for a in items)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{html.escape(name)}</title><link>{base}/</link>' \
           f"<description>{html.escape(name)}</description>{rows}</channel></rss>"


def page(k, name, base, a, others):
    """One article in its outlet's template; the template is drawn by the outlet's number."""
    rng = random.Random(k)
    wrap, block = rng.choice([("article", "div"), ("main", "section"), ("div", "div")])
    names = [rng.choice(["story", "entry", "article", "post", "content"]) + rng.choice(["-body", "__text", "_main", ""]) for _ in range(2)]
    e = html.escape
    body = "\n".join(f"<p>{e(p)}</p>" for p in a["text"].split("\n") if p.strip())
    teasers = "".join(f'<li><a href="{base}/a/{o["id"]}.html">{e(o["title"] or "")}</a></li>' for o in others)
    sections = "".join(f'<li><a href="{base}/{s.lower()}">{s}</a></li>' for s in ("World", "Politics", "Business", "Sport", "Culture"))
    box = f'<div class="newsletter"><h3>The {e(name)} briefing</h3><p>Sign up for the {e(name)} briefing, in your inbox every weekday.</p></div>'
    share = '<div class="share"><a href="#">Share</a> <a href="#">Tweet</a> <a href="#">Email</a></div>'
    parts = [share, f'<{block} class="{names[1]}">{body}</{block}>', box, f'<div class="related"><h3>Read more</h3><ul>{teasers}</ul></div>']
    if k % 3 == 1:
        parts = [parts[3], parts[0], parts[1], parts[2]]
    return f"""<!DOCTYPE html><html lang="{a.get('lang') or 'en'}"><head><meta charset="utf-8"><title>{e(a['title'] or '')} | {e(name)}</title>
<link rel="canonical" href="{base}/a/{a['id']}.html"><meta property="og:title" content="{e(a['title'] or '')}"><meta property="og:site_name" content="{e(name)}">
<meta property="article:published_time" content="{a['published_at']}"></head><body>
<header><nav><ul>{sections}</ul></nav></header><{wrap} class="{names[0]}"><h1>{e(a['title'] or '')}</h1>
<p class="meta"><time datetime="{a['published_at']}">{a['published_at'][:10]}</time></p>{''.join(parts)}</{wrap}>
<footer><p>© 2026 {e(name)}. All rights reserved.</p><ul>{sections}</ul></footer></body></html>"""


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("texts")
    ap.add_argument("--port", type=int, required=True)
    ap.add_argument("--print-config", action="store_true")
    args = ap.parse_args()
    outlets, answers = load(args.texts), {}
    for k, (name, items) in enumerate(outlets):
        host = f"127.31.0.{k + 1}"
        base = f"http://{host}:{args.port}"
        if args.print_config:
            print(f"[[feed]]\nurl = \"{base}/feed.xml\"\npublisher = {json.dumps(name)}\n")
            continue
        answers[host, "/feed.xml"] = "application/rss+xml", rss(name, base, items).encode()
        rng = random.Random(k)
        for a in items:
            others = rng.sample(items, min(5, len(items)))
            answers[host, f"/a/{a['id']}.html"] = "text/html; charset=utf-8", page(k, name, base, a, others).encode()
    if args.print_config:
        return

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            kind, body = answers.get((self.connection.getsockname()[0], self.path), ("text/plain", None))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True
        request_queue_size = 256

    server = Server(("0.0.0.0", args.port), Handler)
    print(f"{sum(len(items) for _, items in outlets)} articles of {len(outlets)} outlets", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
