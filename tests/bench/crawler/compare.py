#!/usr/bin/env python3
"""The crawler's fetch path and pace, beside curl and Scrapy on the same server, in one run.

  python3 tests/bench/crawler/compare.py build/release/bench/crawler_bench [--pages N] [--rounds N]
          [--scrapy PYTHON] [--pace SECONDS]

Needs nginx and curl; --scrapy names a Python that has Scrapy. The server has one core, the client
the other one. Each round runs every client once, so that a busy machine is as unfair to all.
"""
import argparse
import collections
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

PAGE_BYTES = 41_500

NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; etag off; if_modified_since off; keepalive_requests 1000000; sendfile on; open_file_cache max=20000;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  default_type application/pdf; log_format paced '$msec $server_addr $uri';
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
{hosts}}}
"""

SPIDER = """
import hashlib, scrapy
class Spider(scrapy.Spider):
    name = "pages"
    custom_settings = dict(ROBOTSTXT_OBEY=False, LOG_LEVEL="ERROR", CONCURRENT_REQUESTS=32, CONCURRENT_REQUESTS_PER_DOMAIN=32, RETRY_ENABLED=False, TELNETCONSOLE_ENABLED=False)
    async def start(self):
        for i in range({pages}):
            yield scrapy.Request("{base}/%d" % i, callback=self.parse)
    def parse(self, response):
        hashlib.sha256(response.body).digest()
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, folder, pages, hosts):
        self.port = free_port()
        www = folder / "www" / "p"
        www.mkdir(parents=True)
        (www.parent / "robots.txt").write_text("User-agent: *\nDisallow: /private\n")
        body = b"%PDF-1.4\n" + os.urandom(PAGE_BYTES)
        for i in range(pages):
            (www / str(i)).write_bytes(b"%d " % i + body[: PAGE_BYTES - 8])
        self.log = folder / "paced.log"
        paced = "".join(
            f"  server {{ listen 127.0.0.{2 + i}:{self.port}; root {folder}/www; access_log {self.log} paced; }}\n" for i in range(hosts)
        )
        conf = folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=folder, port=self.port, hosts=paced))
        for path in (folder, folder / "www", www):
            path.chmod(0o755)
        self.process = subprocess.Popen(["taskset", "-c", "0", "nginx", "-c", str(conf)], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("nginx does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def client(command, **options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(["taskset", "-c", "1", *command], check=True, capture_output=True, text=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - begin, cpu, done.stdout


def figures(text):
    return {name: float(value) for name, value in (line.split() for line in text.splitlines())}


def compare(args, server, folder):
    base = f"http://127.0.0.1:{server.port}/p"
    spider = folder / "spider.py"
    scrapy_pages = max(args.pages // 10, 1)
    spider.write_text(SPIDER.format(pages=scrapy_pages, base=base))
    rates, costs = collections.defaultdict(list), collections.defaultdict(list)
    for _ in range(args.rounds):
        took, cpu, _ = client(["curl", "-sS", "--parallel", "--parallel-max", "50", "-o", "/dev/null", f"{base}/[0-{args.pages - 1}]"])
        rates["curl"].append(args.pages / took)
        costs["curl"].append(cpu / args.pages)
        got = figures(client([args.bench, "fetch", base, str(args.pages), "50"])[2])
        for which in ("same", "new"):
            rates[f"gouji {which}"].append(got[f"{which}_pages_per_second"])
            costs[f"gouji {which}"].append(got[f"{which}_cpu_us_per_page"] / 1e6)
        if args.scrapy:
            took, cpu, _ = client([args.scrapy, "-m", "scrapy", "runspider", str(spider)])
            rates["scrapy"].append(scrapy_pages / took)
            costs["scrapy"].append(cpu / scrapy_pages)
    for name in rates:
        print(f"{name:12} {statistics.median(rates[name]):9.0f} pages/s  {statistics.median(costs[name]) * 1e6:8.0f} us CPU a page")
    ours = statistics.median(rates["gouji same"])
    cost = statistics.median(costs["gouji same"])
    print(f"pages/s to curl   {ours / statistics.median(rates['curl']):.2f} (goal 0.5); by CPU {statistics.median(costs['curl']) / cost:.2f}")
    if args.scrapy:
        print(f"pages/s to Scrapy {ours / statistics.median(rates['scrapy']):.1f} (goal 18); by CPU {statistics.median(costs['scrapy']) / cost:.1f}")


def pace(args, server):
    got = figures(subprocess.run([args.bench, "pace", f":{server.port}/p", "60", str(args.pace)], check=True, capture_output=True, text=True).stdout)
    seen = collections.defaultdict(list)
    for line in server.log.read_text().splitlines():
        at, host, path = line.split()
        if float(at) >= got["begin"] and path.startswith("/p/"):
            seen[host].append(float(at))
    late = sorted(abs(b - a - 1) * 1000 for times in seen.values() for a, b in zip(times[1:], times[2:]))
    print(f"pace: {got['requests_per_second']:.1f} requests/s to 60 hosts, CPU {got['cpu_percent']:.1f} % (goal 5), "
          f"jitter of a gap p50 {late[len(late) // 2]:.1f} ms, p99 {late[len(late) * 99 // 100]:.1f} ms (goal 20), max {late[-1]:.1f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scrapy")
    parser.add_argument("--pace", type=int, default=30)
    args = parser.parse_args()
    args.bench = str(pathlib.Path(args.bench).resolve())
    if not shutil.which("nginx"):
        sys.exit("nginx is not installed")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server = Server(folder, args.pages, 60)
        try:
            if args.rounds:
                compare(args, server, folder)
            if args.pace:
                pace(args, server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
