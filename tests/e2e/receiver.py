"""A receiver of webhooks for the tests: keeps what it is sent, and fails when told to."""
import http.server
import json
import threading


class Receiver:
    """An HTTP server on a free port of loopback. `answers` decides the status of each request."""

    def __init__(self):
        self.posts = []  # (path, headers, body) of what was taken
        self.refused = 0
        self.answer = lambda number: 200
        self.body = b'{}'
        self._count = 0
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                with receiver._lock:
                    receiver._count += 1
                    status = receiver.answer(receiver._count)
                    if status == 200:
                        receiver.posts.append((self.path, dict(self.headers), body))
                    else:
                        receiver.refused += 1
                self.send_response(status)
                self.send_header('Content-Length', str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def taken(self):
        with self._lock:
            return list(self.posts)

    def messages(self):
        return [json.loads(body) for _, _, body in self.taken()]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
