"""The jars of an Apache Kafka broker: resolved by Maven once, kept outside of the repository.

In ~/.cache/pointsman/kafka-VERSION, or where $PM_KAFKA_CACHE says instead of ~/.cache/pointsman.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

VERSION = "3.9.1"
NEWEST = "4.3.1"  # of the compatibility run
POM = pathlib.Path(__file__).with_name("pom.xml")


class Absent(Exception):
    """No broker can be had here; says why."""


def jars(version=VERSION):
    """The folder that holds them. Absent when there is none and Maven cannot fetch them."""
    cache = pathlib.Path(os.environ.get("PM_KAFKA_CACHE") or pathlib.Path.home() / ".cache/pointsman")
    folder = cache / f"kafka-{version}"
    if folder.is_dir():
        return folder
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise Absent(f"{tool} is not installed (deploy/packages.txt names its package)")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as making:
        lib = pathlib.Path(making) / "lib"
        try:
            run = subprocess.run(["mvn", "-q", "-B", "-f", POM, f"-Dkafka.version={version}",
                                  "dependency:copy-dependencies", f"-DoutputDirectory={lib}"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            raise Absent(f"Maven did not bring Kafka {version} within 600 s") from None
        if run.returncode != 0:
            raise Absent(f"Maven does not bring Kafka {version}: {run.stdout.strip()[-400:]}")
        try:
            lib.rename(folder)
        except OSError:  # another process was faster
            if not folder.is_dir():
                raise
    return folder
