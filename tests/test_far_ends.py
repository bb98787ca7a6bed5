"""Far ends in a site file: what is wrong is said in one line that shows no secret."""

import pytest

from vision.errors import UsageError
from vision.far_ends import WebhookSettings
from vision.site import load_site

GOOD = """
[site]
name = "place"
[[camera]]
name = "a"
source = "scene:square"
  [[camera.line]]
  name = "l"
  a = [0.0, 0.5]
  b = [1.0, 0.5]
"""


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('url = "ftp://x.example/hush"', "url: wanted https://host/path"),
        ('url = "https://me:hush@x.example/"', "url: wanted https://host/path"),
        ('url = "https://x.example/a hush"', "url: wanted https://host/path"),
        ('url = "http://169.254.169.254/hush"', "metadata service"),
        ('url = "http://0xA9FEA9FE/hush"', "metadata service"),
        ('url = "http://[fe80::1]/hush"', "metadata service"),
        ('url = "https://x.example/hush"\nstep = 7', "step: "),
        ('url = "https://x.example/hush"\nstep = 420', "step: wanted whole minutes"),
        ('url = "https://x.example/hush"\nsecrets = "hush"', "secrets: unknown key"),
        ('url = "https://x.example/hush"\nstart = 2026-03-01T00:00:00', "start: "),
        ('url = "https://x.example/hush"\n[[webhook]]\nname = "x"\nurl = "https://x.example"', "two of kind webhook"),
        ('url = "https://x.example/hush"\nstep = 60\n[privacy]\nstep = 900', "wanted a multiple of 900"),
    ],
)
def test_a_webhook_that_is_wrong_is_refused_in_one_line_without_its_secrets(tmp_path, lines, said):
    path = tmp_path / "site.toml"
    path.write_text(f'{GOOD}[[webhook]]\nname = "x"\n{lines}\n')
    with pytest.raises(UsageError, match="^" + str(path)) as caught:
        load_site(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("secret", ["", "hush", "whsec_aHVzaA==", "whsec_" + "aHVzaA" * 40])
def test_a_key_that_is_none_is_refused_without_saying_it(tmp_path, secret):
    (tmp_path / "key").write_text(secret)
    settings = WebhookSettings(name="x", url="https://x.example/", secret=tmp_path / "key")
    with pytest.raises(UsageError, match="webhook x: secret") as caught:
        settings.read_key()
    assert "hush" not in str(caught.value)
    assert "aHV" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('host = "169.254.169.254"', "mqtt.host: wanted the broker's host"),
        ('host = "mqtt://x.example"', "mqtt.host: wanted the broker's host"),
        ('host = "x.example"\npassword = 7', "mqtt.password"),
        ('host = "x.example"\npasswort = "hush"', "mqtt.passwort: unknown key"),
        ('host = "x.example"\nprefix = "a/#"', "mqtt.prefix: "),
        ('host = "x.example"\nprefix = "a/"', "mqtt.prefix: "),
    ],
)
def test_a_broker_that_is_wrong_is_refused_in_one_line(tmp_path, line, said):
    path = tmp_path / "site.toml"
    path.write_text(f"{GOOD}[mqtt]\n{line}\n")
    with pytest.raises(UsageError) as caught:
        load_site(path)
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)
