"""What outlets repeat, end to end: the rig's pages through a proxy that prints three lines of its outlet's own under every text.

`measure(newsfold, rig, folder)` polls 30 articles of every outlet, publishes new ones, polls again, and compares what was stored of both rounds
with the true texts and with the planted lines. The lines are whole sentences in paragraphs of the body, so that nothing but their coming back
tells them from the report.
"""
import collections, html, http.server, json, os, re, socketserver, subprocess, threading, time, urllib.request

OUTLETS, NEW = 20, 8
LINES = (
    "{site} is printed in a small town and read by people who know it well, and we thank all of them for staying.",
    "Anyone with more to tell about this matter finds the editors of {site} at their desks until six in the evening.",
    "The {site} letter brings three reports of this kind to some forty thousand kitchens before breakfast.",
)


def planted(k):
    return [line.format(site=f"Outlet number {k}") for line in LINES]


def plant(k, page, true):
    """Puts the lines under the last paragraph of the true text."""
    for paragraph in reversed(true.split("\n")):
        tail = html.escape(paragraph.strip(), quote=False)[-30:]
        at = page.rfind(tail) if len(tail) == 30 else -1
        end = page.find("</p>", at) if at >= 0 else -1
        if end >= 0:
            return page[: end + 4] + "".join(f"<p>{line}</p>" for line in planted(k)) + page[end + 4 :]
    return page


def proxy(rig, port):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            request = urllib.request.Request(f"http://127.0.0.1:{rig}{self.path}", headers={"Host": f"127.0.0.1:{rig}"})
            try:
                with urllib.request.urlopen(request) as answer:
                    body, kind, status = answer.read(), answer.headers.get("Content-Type", "text/html"), answer.status
            except urllib.error.HTTPError as error:
                body, kind, status = b"", "text/plain", error.code
            body = body.replace(f":{rig}".encode(), f":{port}".encode())
            site = re.match(r"/site/(\d+)/article/(\d+)", self.path)
            if site:
                with urllib.request.urlopen(f"http://127.0.0.1:{rig}/text?k={site[1]}&j={site[2]}") as true:
                    body = plant(int(site[1]), body.decode(), true.read().decode()).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def runs(text):
    words = re.findall(r"\w+", text)
    return collections.Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def measure(newsfold, rig, folder, ports=(8955, 8956)):
    get = lambda path: urllib.request.urlopen(f"http://127.0.0.1:{ports[0]}{path}").read().decode()
    source = subprocess.Popen([rig, "--feeds", str(OUTLETS), "--port", str(ports[0]), "--single"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = None
    try:
        time.sleep(1)
        server = proxy(*ports)
        config = f"{folder}/newsfold.toml"
        with open(config, "w") as target:
            target.write(f'state_dir = "{folder}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
            for k in range(OUTLETS):
                target.write(f'[[feed]]\nurl = "http://127.0.0.1:{ports[1]}/feed/{k}.xml"\npublisher = "Outlet {k}"\n')
        run = lambda *args: subprocess.run([newsfold, "--config", config, *args], capture_output=True, text=True, check=True).stdout
        run("poll")
        get(f"/admin/tick?new={NEW}&n={OUTLETS}")
        run("poll", "--all")
        entries = [json.loads(line) for line in run("export", "jsonl").splitlines()]
        urls = [e["entry_url"] for e in entries]
        stored = [json.loads(line) for line in run("article", "--json", *urls).splitlines()]
        shown = [run("feeds", "show", f"http://127.0.0.1:{ports[1]}/feed/{k}.xml") for k in range(OUTLETS)]
        rounds = {True: [], False: []}
        for article in stored:
            k, j = map(int, re.search(r"/site/(\d+)/article/(\d+)", article["url"]).groups())
            true, found = runs(get(f"/text?k={k}&j={j}")), runs(article["text"])
            both = sum((true & found).values())
            left = sum(line in article["text"] for line in planted(k))
            rounds[j >= 30].append((both / sum(found.values()), both / sum(true.values()), left))
        mean = lambda rows, i: sum(r[i] for r in rows) / max(1, len(rows))
        learnt = sum(line[:60] in page for k, page in enumerate(shown) for line in planted(k))
        return {
            "articles": len(stored),
            "shown": learnt,
            "planted": OUTLETS * len(LINES),
            "rounds": [{"n": len(r), "precision": mean(r, 0), "recall": mean(r, 1), "left": mean(r, 2) / len(LINES)} for r in (rounds[False], rounds[True])],
        }
    finally:
        source.terminate()
        source.wait()
        if server:
            server.shutdown()
