"""Certificates for tests, made with the openssl program."""

import pathlib
import subprocess


def openssl(*arguments, folder):
    subprocess.run(["openssl", *map(str, arguments)], cwd=folder, check=True, capture_output=True)


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder, name="test authority"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", f"/CN={name}", "-keyout", "ca.key", "-out", "ca.pem",
                folder=self.folder)
        self.certificate = self.folder / "ca.pem"

    def issue(self, folder, common_name, days=2):
        """cert.pem and key.pem in `folder`, for localhost and 127.0.0.1."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True)
        (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                f"/CN={common_name}", "-keyout", "key.pem", "-out", "request.pem", folder=folder)
        openssl("x509", "-req", "-in", "request.pem", "-CA", self.certificate, "-CAkey",
                self.folder / "ca.key", "-CAcreateserial", "-days", days, "-extfile", "names",
                "-out", "cert.pem", folder=folder)
        return folder
