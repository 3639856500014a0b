"""The link checker against a real server that misbehaves in each way, and what a dead link does to a path."""

import asyncio
import datetime as dt
import ipaddress
import itertools
import ssl
import time
from collections import Counter, defaultdict

import pytest
from aiohttp import web
from sqlalchemy.orm import Session

from assistant.freshness.checker import Checker, Manners
from assistant.freshness.pages import is_front_page, says_not_there
from assistant.freshness.public import is_public_address
from assistant.freshness.run import findings, run
from knowledge.compile import compile_into
from knowledge.content import load
from knowledge.database import open_engine, url_of
from knowledge.duplicates import same_page
from knowledge.links import UNREACHABLE_RUNS, Link, LinkState, known, save, used_links
from knowledge.reach import reach_of
from knowledge.store import KnowledgeBase, Office
from knowledge.task_path import find_path

NOW = dt.datetime(2026, 11, 23, 12)
QUICK = Manners(delay=0.01, backoff=0.01, timeout=2, retries=2, private_hosts=True)
GOOD = "<html><head><title>Apply for help</title></head><body><h1>Apply</h1></body></html>"


class Site:
    """A server of our own; ``pages`` maps a path to a handler, ``asked`` keeps what was asked for and when."""

    def __init__(self):
        self.pages, self.asked, self.headers = {}, [], defaultdict(list)
        self.open, self.most_open = 0, 0
        self.url = ""

    async def answer(self, request):
        self.asked.append((request.method, request.path, time.monotonic()))
        self.headers[request.path].append(dict(request.headers))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            handler = self.pages.get(request.path)
            if handler is None:
                return web.Response(status=404, text="<title>404</title>", content_type="text/html")
            return await handler(request) if asyncio.iscoroutinefunction(handler) else handler(request)
        finally:
            self.open -= 1

    def times(self, path, method=None):
        return [at for verb, place, at in self.asked if place == path and method in (None, verb)]


async def started(site, tls=None):
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", site.answer)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await place.start()
    port = runner.addresses[0][1]
    site.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    return runner


@pytest.fixture
async def site():
    site = Site()
    runner = await started(site)
    yield site
    await runner.cleanup()


def page(text=GOOD, status=200, **headers):
    return lambda request: web.Response(
        status=status, text=text, content_type="text/html", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def to(place, status):
    return web.Response(status=status, headers={"Location": place})


async def look(*urls, before=None, manners=QUICK, tls=True):
    return {link.url: link async for link in Checker(manners, tls).check(urls, before)}


async def look_at(site, path, **more):
    return (await look(site.url + path, **more))[site.url + path]


async def test_a_page_that_answers_is_alive(site):
    site.pages["/apply"] = page(ETag='"7"')
    link = await look_at(site, "/apply")
    assert (link.state, link.code, link.etag, link.dead) == (LinkState.OK, 200, '"7"', False)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_is_dead(site, status):
    site.pages["/old"] = page("", status)
    link = await look_at(site, "/old")
    assert (link.state, link.dead) == (LinkState.GONE, True)


async def test_head_that_is_refused_or_lies_is_asked_again_with_get(site):
    for path, status in (("/no-head", 405), ("/lying-head", 404), ("/odd-head", 501)):
        site.pages[path] = lambda request, status=status: web.Response(
            status=status if request.method == "HEAD" else 200, text=GOOD, content_type="text/html"
        )
        link = await look_at(site, path)
        assert link.state is LinkState.OK
        assert [verb for verb, place, _ in site.asked if place == path] == ["HEAD", "GET"]


@pytest.mark.parametrize(
    "text",
    [
        "<title>Page not found | Agency</title>",
        "<title>Agency</title><h1 class='x'>Sorry, <b>404</b></h1>",
        "<h1>No encontramos la página</h1>",
    ],
)
async def test_a_page_that_says_that_it_is_not_there_is_dead(site, text):
    site.pages["/soft"] = page(text)
    link = await look_at(site, "/soft")
    assert (link.state, link.dead) == (LinkState.SOFT_GONE, True)


async def test_a_deep_link_that_leads_to_the_front_page_is_dead(site):
    site.pages["/benefits/form"] = lambda request: to("/", 302)
    site.pages["/"] = page()
    assert (await look_at(site, "/benefits/form")).state is LinkState.SOFT_GONE


async def test_a_redirect_for_good_is_a_move_and_one_for_now_is_not(site):
    site.pages["/old"] = lambda request: to("/middle", 301)
    site.pages["/middle"] = lambda request: to("/new/page", 308)
    site.pages["/today"] = lambda request: to("/new/page", 302)
    site.pages["/new/page"] = page()
    moved, today = await look_at(site, "/old"), await look_at(site, "/today")
    assert (moved.state, moved.final_url, moved.dead) == (LinkState.MOVED, f"{site.url}/new/page", True)
    assert (today.state, today.dead) == (LinkState.OK, False)


async def test_a_slash_at_the_end_or_capitals_are_no_move(site):
    site.pages["/Help"] = lambda request: to("/help/", 301)
    site.pages["/help/"] = page()
    assert (await look_at(site, "/Help")).state is LinkState.OK


async def test_a_circle_of_redirects_is_dead(site):
    site.pages["/a"] = lambda request: to("/b", 302)
    site.pages["/b"] = lambda request: to("/a", 302)
    assert (await look_at(site, "/a")).dead


async def test_an_error_of_the_server_is_tried_again_and_counts_only_after_several_runs(site):
    site.pages["/down"] = page("", 503)
    link = await look_at(site, "/down")
    assert (link.state, link.failures, link.dead) == (LinkState.UNREACHABLE, 1, False)
    assert len(site.times("/down", "HEAD")) == QUICK.retries + 1
    for run_number in range(2, UNREACHABLE_RUNS + 1):
        link = await look_at(site, "/down", before={link.url: link})
        assert link.failures == run_number
    assert link.dead
    site.pages["/down"] = page()
    link = await look_at(site, "/down", before={link.url: link})
    assert (link.state, link.failures, link.dead) == (LinkState.OK, 0, False)


async def test_a_server_that_recovers_within_the_tries_is_alive_and_its_wish_to_wait_is_kept(site):
    answers = iter([429, 200, 200])
    site.pages["/busy"] = lambda request: web.Response(
        status=next(answers), text=GOOD, content_type="text/html", headers={"Retry-After": "1"}
    )
    assert (await look_at(site, "/busy")).state is LinkState.OK
    first, second, *_ = site.times("/busy")
    assert second - first >= 0.95


async def test_a_server_that_hangs_or_drops_the_line_does_not_hold_up_the_others(site):
    async def hang(request):
        await asyncio.sleep(5)

    def drop(request):
        request.transport.abort()
        return web.Response()

    other = Site()
    runner = await started(other)
    other.pages["/fine"] = page()
    site.pages |= {"/hangs": hang, "/drops": drop}
    manners = Manners(delay=0.01, backoff=0.01, timeout=0.3, retries=1, private_hosts=True)
    found = await look(f"{site.url}/hangs", f"{site.url}/drops", f"{other.url}/fine", manners=manners)
    await runner.cleanup()
    assert [link.state for link in found.values()].count(LinkState.UNREACHABLE) == 2
    assert next(iter(found)) == f"{other.url}/fine"


async def test_a_host_that_does_not_exist_is_unreachable():
    (link,) = (await look("https://no-such-agency.invalid/page")).values()
    assert link.state is LinkState.UNREACHABLE


async def test_not_modified_is_alive_and_asked_for_with_what_was_kept(site):
    def unchanged(request):
        fresh = request.headers.get("If-None-Match") == '"7"'
        return web.Response(status=304) if fresh else web.Response(text=GOOD, content_type="text/html", headers={"ETag": '"7"'})

    site.pages["/same"] = unchanged
    first = await look_at(site, "/same")
    site.asked.clear()
    again = await look_at(site, "/same", before={first.url: first})
    assert (again.state, again.code, again.etag) == (LinkState.OK, 304, '"7"')
    assert [verb for verb, place, _ in site.asked if place == "/same"] == ["GET"]


async def test_robots_txt_is_kept(site):
    site.pages["/robots.txt"] = lambda request: web.Response(text="User-agent: *\nDisallow: /private\nCrawl-delay: 0.3\n")
    site.pages |= {"/private/form": page(), "/open": page()}
    found = await look(*(site.url + path for path in ("/private/form", "/open")))
    assert found[f"{site.url}/private/form"].state is LinkState.UNKNOWN
    assert not found[f"{site.url}/private/form"].dead
    assert not site.times("/private/form")
    assert len(site.times("/robots.txt")) == 1


async def test_one_site_is_asked_one_page_at_a_time_with_a_pause(site):
    manners = Manners(delay=0.15, private_hosts=True)
    site.pages |= {f"/{number}": page() for number in range(3)}
    await look(*(f"{site.url}/{number}" for number in range(3)), manners=manners)
    times = sorted(at for _, _, at in site.asked)
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.14
    assert site.most_open == 1


async def test_a_page_that_shuts_machines_out_says_nothing(site):
    site.pages["/guarded"] = page("", 403)
    link = await look_at(site, "/guarded")
    assert (link.state, link.dead) == (LinkState.UNKNOWN, False)


async def test_a_huge_page_is_not_read_to_its_end(site):
    sent = []

    async def endless(request):
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        if request.method == "GET":
            for _ in range(2000):
                await response.write(b"<p>" + b"x" * 65_536)
                sent.append(1)
        return response

    site.pages["/endless"] = endless
    assert (await look_at(site, "/endless")).state is LinkState.OK
    assert len(sent) < 1000


def certificate(tmp_path, days):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=90)).not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / f"certificate{days}.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("days", "state"), [(-1, LinkState.CERTIFICATE), (30, LinkState.OK)])
async def test_an_expired_certificate_is_dead(tmp_path, days, state):
    pem = certificate(tmp_path, days)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(pem)
    trusted = ssl.create_default_context()
    trusted.load_verify_locations(pem)
    site = Site()
    site.pages["/"] = page()
    runner = await started(site, served)
    link = await look_at(site, "/", tls=trusted)
    await runner.cleanup()
    assert link.state is state
    assert link.dead is (state is LinkState.CERTIFICATE)


@pytest.mark.parametrize("inside", ["http://127.0.0.1:1/x", "http://localhost:1/x", "http://169.254.169.254/latest", "http://[::1]:1/"])
async def test_the_private_network_is_never_asked(inside):
    (link,) = (await look(inside, manners=Manners(retries=0, timeout=1))).values()
    assert link.state is LinkState.UNREACHABLE
    assert "private network" in link.note


async def test_a_redirect_to_another_scheme_is_not_followed(site):
    site.pages["/file"] = lambda request: web.Response(status=302, headers={"Location": "file:///etc/passwd"})
    assert (await look_at(site, "/file")).state is LinkState.UNREACHABLE


def test_which_addresses_are_public():
    assert [is_public_address(host) for host in ("8.8.8.8", "10.1.2.3", "192.168.0.1", "fd00::1", "www.usa.gov")] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_what_a_page_says():
    assert not says_not_there("<title>How to find a page in 2026</title><h1>Form 4040</h1>")
    assert not says_not_there("<title>Help</title><p>If the page was not found, go back.</p>")
    assert [is_front_page(f"https://a.gov{path}") for path in ("", "/", "/es/", "/index.html", "/apply", "/?id=3")] == [True] * 4 + [
        False
    ] * 2
    assert same_page("http://a.gov/Apply/", "https://www.a.gov/apply")
    assert not same_page("https://a.gov/apply", "https://a.gov/apply?id=2")


# -- a whole run, and the paths after it


@pytest.fixture
def store(tmp_path):
    url = url_of(tmp_path / "knowledge.db")
    compile_into(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


class Scripted(Checker):
    """Answers from a table; ``stop_after`` raises in the middle, as a person who presses Ctrl-C does."""

    def __init__(self, states=None, stop_after=None):
        super().__init__()
        self.states, self.stop_after, self.asked = states or {}, stop_after, []

    async def check(self, urls, before=None):
        for place, url in enumerate(urls):
            if place == self.stop_after:
                raise KeyboardInterrupt
            self.asked.append(url)
            yield Link(url, self.states.get(url, LinkState.OK), dt.datetime.now(dt.UTC).replace(tzinfo=None))


async def test_a_run_that_is_stopped_goes_on_where_it_was(store):
    content = load()
    first = Scripted(stop_after=50)
    with pytest.raises(KeyboardInterrupt):
        await run(store, content, first)
    second, told = Scripted(), []
    report = await run(store, content, second, progress=lambda done, total, link: told.append((done, total)))
    assert not set(first.asked) & set(second.asked)
    assert set(first.asked) | set(second.asked) == set(used_links(content))
    assert (report.skipped, report.checked) == (50, len(second.asked))
    assert told[-1] == (len(second.asked), len(second.asked))


async def test_only_the_sites_that_are_named_are_asked(store):
    checker = Scripted()
    await run(store, load(), checker, hosts=["www.irs.gov"])
    assert checker.asked
    assert {url.split("/")[2] for url in checker.asked} == {"www.irs.gov"}


async def test_a_dead_link_takes_its_steps_to_the_next_best_channel_and_names_the_owner(store):
    content = load()
    today = dt.date(2026, 11, 23)
    base = KnowledgeBase(store)
    facts = {"state": "TX", "relation": "father"}
    before = {step.id: step for step in find_path(base, "death_of_loved_one", facts, "en", today).steps}
    step = next(step for step in before.values() if step.reach.kind == "web" and step.reach.phone)
    await run(store, content, Scripted({step.reach.url: LinkState.GONE}))
    base._checked = 0.0
    after = {entry.id: entry for entry in find_path(base, "death_of_loved_one", facts, "en", today).steps}[step.id]
    assert after.reach.url != step.reach.url
    assert (after.reach.kind, after.reach.phone) == ("phone", step.reach.phone)
    (finding,) = [finding for finding in findings(store, content, today) if finding.what == step.reach.url]
    assert finding.owner
    assert any(user.startswith(("service", "office")) for user in finding.users)
    await run(store, content, Scripted(), older_than=dt.timedelta(0))
    base._checked = 0.0
    again = {entry.id: entry for entry in find_path(base, "death_of_loved_one", facts, "en", today).steps}[step.id]
    assert again.reach == step.reach


def test_what_was_found_survives_a_compile(store, tmp_path):
    with Session(store) as session, session.begin():
        save(session, [Link("https://www.usa.gov/x", LinkState.GONE, NOW)])
    compile_into(url_of(tmp_path / "knowledge.db"))
    with Session(store) as session:
        assert known(session)["https://www.usa.gov/x"].dead


def test_a_review_that_is_due_is_listed(store):
    content = load()
    soonest = min(service.review_by for service in content.services.values())
    due = findings(store, content, soonest, dt.timedelta(days=1))
    assert any(f"review by {soonest}" == entry.why for entry in due)
    assert not any("review by" in entry.why for entry in findings(store, content, soonest - dt.timedelta(days=9), dt.timedelta(days=1)))


async def test_a_page_that_leads_to_the_page_of_another_service_is_told(store):
    content = load()
    one, other = content.services["state_passport_fees"], content.services["state_passport_photo"]
    with Session(store) as session, session.begin():
        save(session, [Link(one.url.en, LinkState.OK, NOW, 200, final_url=other.url.en + "/")])
    told = [entry for entry in findings(store, content, NOW.date()) if entry.what == one.id]
    assert any(other.id in entry.why for entry in told)


def test_every_dead_page_leaves_somewhere_to_go(content):
    """The Spanish page gives way to the English one, an office to the finder, a service to its agency, all of them to USA.gov."""
    service = next(
        service for service in content.services.values() if service.url.es and not service.unconfirmed and not service.state_program
    )
    agency = content.agencies[service.agency]
    assert reach_of("web", service, None, agency, "es", frozenset({service.url.es})).url == service.url.en
    gone = frozenset({service.url.en, service.url.es})
    assert reach_of("web", service, None, agency, "en", gone).url == agency.url.en
    assert reach_of("web", service, None, agency, "en", gone | {agency.url.en}).url == "https://www.usa.gov/"
    finder = next(service for service in content.services.values() if service.state_program == "unemployment" and "insurance" in service.id)
    row = content.states["unemployment"].rows["TX"]
    office = Office(row, dt.date(2026, 11, 23), dt.date(2027, 5, 1))
    found = reach_of("web", finder, office, agency, "en", frozenset({row.url.en}))
    assert (found.url, found.phone) == (finder.url.en, row.phone)


def test_a_page_that_is_not_sure_is_not_handed_out(content):
    service = next(service for service in content.services.values() if not service.unconfirmed and not service.state_program)
    agency = content.agencies[service.agency]
    doubted = service.model_copy(update={"unconfirmed": ["url"]})
    assert reach_of("web", doubted, None, agency, "en").url == agency.url.en
    assert reach_of("web", service, None, agency, "en").url == service.url.en


def test_the_list_of_links_names_every_user(content):
    used = used_links(content)
    assert Counter(user.split(" ")[0] for users in used.values() for user in users).keys() >= {"service", "agency", "office"}
    for service in content.services.values():
        assert f"service {service.id}" in used[service.url.en]
