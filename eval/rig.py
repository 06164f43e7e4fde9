"""A thousand feeds on a thousand hosts of the rig, a fifth of them replaced by faulty ones: what that costs the healthy.

Used by evaluate.py (--only rig). Both runs are first passes over the same healthy feeds; they alternate, so that what else the machine does
falls on both alike.
"""
import asyncio, multiprocessing, os, socket, sqlite3, statistics, struct, subprocess, sys, tempfile, time, urllib.request

KINDS = ["delay", "503", "reset", "drip", "silence"]


def address(n):
    return f"127.99.{n // 200}.{n % 200 + 1}"


async def faulty(kind, host, port, reader, writer):
    """One connection to a faulty host."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            if kind == "silence":
                await asyncio.sleep(3600)
            elif kind == "503":
                writer.write(b"HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n")
            elif kind == "reset":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: 100000\r\n\r\n<rss>")
                await writer.drain()
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                return
            elif kind == "drip":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\n\r\n")
                while True:
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.5)
            else:
                await asyncio.sleep(3)
                body = document(path, host, port)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/%s\r\ncontent-length: %d\r\n\r\n" % (b"xml" if path == "/feed" else b"html", len(body)))
                writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


def document(path, host, port):
    if path == "/feed":
        items = "".join(f"<item><title>Report {n} of {host}</title><link>http://{host}:{port}/a/{n}</link></item>" for n in range(5))
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>".encode()
    if path.startswith("/a/"):
        text = f"Number {path} of {host} reports at length on what the council of the town decided about its harbour and its bridges. " * 8
        return f"<html><body><article><h1>Report {path}</h1><p>{text}</p></article></body></html>".encode()
    return b"User-agent: *\nDisallow:\n"


def serve(count, port, ready):
    async def main():
        for n in range(count):
            kind, host = KINDS[n % len(KINDS)], address(n)
            await asyncio.start_server(lambda r, w, kind=kind, host=host: faulty(kind, host, port, r, w), host, port, backlog=64)
        ready.set()
        await asyncio.sleep(1e9)
    asyncio.run(main())


def one_pass(binary, folder, healthy, bad, faults_port, pages):
    """A first pass; seconds until the last healthy feed was polled and its last article placed, wall and CPU seconds, peak MB."""
    config = f"{folder}/newsfold.toml"
    with open(config, "w") as target:
        target.write(f'state_dir = "{folder}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\n')
        # The faulty ones among the healthy, as in any list.
        feeds = list(healthy)
        for n in range(bad):
            feeds.insert(n * 5, f"http://{address(n)}:{faults_port}/feed")
        target.writelines(f'[[feed]]\nurl = "{url}"\nevery = "30m"\nfull_text = {str(pages).lower()}\n' for url in feeds)
    start = time.time()
    process = subprocess.Popen([binary, "--config", config, "poll", "--all"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.time() - start
    db = sqlite3.connect(f"file:{folder}/newsfold.db?mode=ro", uri=True)
    own = "f.url NOT LIKE 'http://127.99.%'"
    polled, good = db.execute(f"SELECT MAX(p.at), SUM(p.outcome = 'updated') FROM poll p JOIN feed f ON f.seq = p.feed WHERE {own}").fetchone()
    entries, settled = db.execute(f"SELECT COUNT(*), COUNT(e.article) FROM entry e JOIN feed f ON f.seq = e.feed WHERE {own}").fetchone()
    placed = db.execute(f"SELECT MAX(v.at) FROM event v JOIN placed p ON p.id = v.id JOIN entry e ON e.article = p.seq JOIN feed f ON f.seq = e.feed "
                        f"WHERE v.kind <> 'poll' AND {own}").fetchone()[0]
    db.close()
    assert good == len(healthy) and entries == settled, f"healthy: {good} feeds of {len(healthy)}, {settled} of {entries} entries"
    return {"polled": polled / 1e3 - start, "placed": placed / 1e3 - start, "wall": wall, "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss / 1024, "entries": entries}


def measure(rig, binary, tmp, feeds=1000, share=0.2, rounds=3, port=8811, pages=True):
    """Median of `rounds` alternating pairs: (without the faulty, with them)."""
    bad = int(feeds * share)
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    faults = context.Process(target=serve, args=(bad, port + 1, ready), daemon=True)
    faults.start()
    ready.wait(30)
    server = subprocess.Popen([rig, "--feeds", str(feeds), "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urls = urllib.request.urlopen(f"{base}/urls.txt?n={feeds}").read().decode().split()
                break
            except OSError:
                time.sleep(0.1)
        healthy = [url for n, url in enumerate(urls) if n % 5 != 0] if share else urls
        runs = {0: [], bad: []}
        for _ in range(rounds):
            for count in runs:
                with tempfile.TemporaryDirectory(dir=tmp) as folder:
                    runs[count].append(one_pass(binary, folder, healthy[: feeds - bad], count, port + 1, pages))
                    print(f"  rig: {count} faulty: " + ", ".join(f"{k} {v:.1f}" for k, v in runs[count][-1].items()), file=sys.stderr, flush=True)
    finally:
        server.terminate()
        server.wait()
        faults.terminate()
    median = lambda rows: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    return median(runs[0]), median(runs[bad])
