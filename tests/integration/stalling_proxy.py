"""A proxy in front of a backend that stalls at a given POST, as a network that hangs would."""

import http.server
import threading
import urllib.error
import urllib.request

PASSED_ON = ("Authorization", "X-Service-Name", "Content-Type")


class StallingProxy(http.server.ThreadingHTTPServer):
    """Passes everything on, but the POST with the index `stall_at` is never answered."""

    daemon_threads = True

    def __init__(self, backend_url, stall_at):
        super().__init__(("127.0.0.1", 0), Handler)
        self.backend_url = backend_url
        self.stall_at = stall_at
        self.posts = 0
        self.stalled = threading.Event()  # the POST has come
        self.ended = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self):
        self.ended.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.pass_on(None)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        if self.server.posts > self.server.stall_at:
            self.server.stalled.set()
            self.server.ended.wait()
            self.close_connection = True
            return
        self.pass_on(body)

    def pass_on(self, body):
        headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
        request = urllib.request.Request(self.server.backend_url + self.path, data=body,
                                         headers=headers, method=self.command)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            answer = opener.open(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass
