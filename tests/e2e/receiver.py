"""A receiver of webhooks for the tests: keeps what it is sent, and fails or misbehaves when told to."""
import http.server
import json
import socket
import struct
import threading
import time


class Receiver:
    """An HTTP server on a free port of loopback. `answer` decides the status of each request, `behave` what else
    becomes of it: a function of (handler, body) that answers by itself."""

    def __init__(self, tls=None):
        self.posts = []  # (path, headers, body) of what was taken
        self.seen = []   # (time, path, body) of every request
        self.refused = 0
        self.answer = lambda number: 200
        self.behave = None
        self.headers = {}
        self.body = b'{}'
        self._count = 0
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                with receiver._lock:
                    receiver._count += 1
                    number = receiver._count
                    receiver.seen.append((time.monotonic(), self.path, body))
                if receiver.behave:
                    self.close_connection = True
                    try:
                        receiver.behave(self, body)
                    except OSError:
                        pass  # the other side has had enough
                    return
                self.reply(receiver.answer(number), body)

            def do_GET(self):
                self.do_POST()

            def reply(self, status, body):
                with receiver._lock:
                    if status == 200:
                        receiver.posts.append((self.path, dict(self.headers), body))
                    else:
                        receiver.refused += 1
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *arguments):
                pass  # connections that the other side ends

        self.server = Server(('127.0.0.1', 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f'{"https" if tls else "http"}://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def taken(self):
        with self._lock:
            return list(self.posts)

    def requests(self):
        with self._lock:
            return list(self.seen)

    def messages(self):
        return [json.loads(body) for _, _, body in self.taken()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def drips_its_headers(handler, body):
    """A byte of the answer a second, for ever."""
    for byte in b'HTTP/1.1 200 OK\r\nX: ' + b'x' * 3600:
        handler.wfile.write(bytes([byte]))
        time.sleep(1)


def never_ends(handler, body):
    """200, and a body without an end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b' ' * 65536)


def dies_before_it_answers(handler, body):
    """Takes the whole request and resets the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    handler.connection.close()
    handler.wfile = handler.rfile = open('/dev/null', 'r+b', buffering=0)


def redirects_to(url):
    """To an address of its choice."""
    def redirect(handler, body):
        handler.send_response(307)
        handler.send_header('Location', url)
        handler.send_header('Content-Length', '0')
        handler.end_headers()
    return redirect
