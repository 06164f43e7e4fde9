#!/usr/bin/env python3
"""The daemon at rest: memory and wake-ups with a thousand feeds that are not due and thirty thousand articles in the window.

usage: eval/idle.py [--feeds 1000] [--entries 30] [--keep DIR] [--seconds 60] [NAME=VALUE...]

The texts come with the feeds, so that a pass of seconds fills the database. NAME=VALUE go into the daemon's environment
(MALLOC_ARENA_MAX=1, say; systemd/newsfold.service has what the service gets). With --keep the database is made once and used again.
"""
import argparse, asyncio, os, random, signal, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PORT = 8921


def documents(feeds, entries):
    rng = random.Random(5)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "is")]
    words = ["".join(rng.choice(syllables) for _ in range(rng.randint(2, 4))) for _ in range(30_000)]
    for feed in range(feeds):
        items = "".join(
            f"<item><title>{' '.join(rng.choice(words) for _ in range(8))}</title><guid isPermaLink='false'>{feed}-{n}</guid><link>http://h{feed}.example/a/{n}</link>"
            f"<description><![CDATA[<p>{' '.join(words[int(len(words) * rng.random() ** 2)] for _ in range(120))}.</p>]]></description></item>" for n in range(entries))
        yield f"<?xml version='1.0'?><rss version='2.0'><channel><title>Feed {feed}</title>{items}</channel></rss>".encode()


async def answer(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            body = DOCUMENTS[int(head.split(" ")[1].strip("/"))]
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\netag: \"1\"\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, ValueError, IndexError):
        pass
    finally:
        writer.close()


async def serve(ready):
    server = await asyncio.start_server(answer, "127.0.0.1", PORT, backlog=500)
    ready.set()
    await server.serve_forever()


def fill(config):
    ready = threading.Event()
    threading.Thread(target=lambda: asyncio.run(serve(ready)), daemon=True).start()
    ready.wait()
    print(subprocess.run([ARGS.bin, "--config", config, "poll", "--all"], capture_output=True, text=True).stdout, end="")
    # Does the idle work that the filling left, such as merging the search index: in a minute of the daemon it is no rest.
    subprocess.run([ARGS.bin, "--config", config, "prune"], check=True, stdout=subprocess.DEVNULL)


def measure(config, folder):
    environment = {**os.environ, **dict(pair.split("=", 1) for pair in ARGS.environment)}
    log = open(f"{folder}/log", "w+")
    daemon = subprocess.Popen([ARGS.bin, "--config", config, "run"], stderr=log, env=environment)
    try:
        while "is ready" not in open(f"{folder}/log").read():
            assert daemon.poll() is None, open(f"{folder}/log").read()
            time.sleep(0.1)
        time.sleep(10)
        switches = lambda: sum(int(line.split()[1]) for task in os.listdir(f"/proc/{daemon.pid}/task")
                               for line in open(f"/proc/{daemon.pid}/task/{task}/status") if line.startswith("voluntary"))
        ticks = lambda: sum(map(int, open(f"/proc/{daemon.pid}/stat").read().rsplit(")", 1)[1].split()[11:13]))
        before, used = switches(), ticks()
        time.sleep(ARGS.seconds)
        status = dict(line.split(":", 1) for line in open(f"/proc/{daemon.pid}/status"))
        size = lambda name: int(status[name].split()[0]) * 1024 / 1e6
        print(f"resident {size('VmRSS'):.1f} MB ({size('RssAnon'):.1f} of its own, {size('RssFile'):.1f} of files), at most {size('VmHWM'):.1f}; "
              f"{(switches() - before) / ARGS.seconds:.1f} wake-ups and {10 * (ticks() - used) / ARGS.seconds:.2f} ms of CPU a second, {status['Threads'].strip()} threads")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()


def main(folder):
    config = f"{folder}/newsfold.toml"
    if not os.path.exists(config):
        with open(config, "w") as target:
            target.write(f'state_dir = "{folder}/state"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\nmin_gap = "0s"\nper_host = 16\nrecheck = []\n')
            target.writelines(f'[[feed]]\nurl = "http://127.0.0.1:{PORT}/{n}"\npublisher = "Publisher {n}"\nfull_text = false\nevery = "30d"\n' for n in range(ARGS.feeds))
        DOCUMENTS.extend(documents(ARGS.feeds, ARGS.entries))
        fill(config)
    measure(config, folder)


ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--bin", default=os.path.join(HERE, "target", "release", "newsfold"))
ap.add_argument("--feeds", type=int, default=1000)
ap.add_argument("--entries", type=int, default=30)
ap.add_argument("--seconds", type=int, default=60)
ap.add_argument("--keep")
ap.add_argument("environment", nargs="*")
ARGS, DOCUMENTS = ap.parse_args(), []
if ARGS.keep:
    os.makedirs(ARGS.keep, exist_ok=True)
    main(ARGS.keep)
else:
    with tempfile.TemporaryDirectory(prefix="newsfold-idle-") as folder:
        main(folder)
