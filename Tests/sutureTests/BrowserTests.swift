import Foundation
import NodeService
import Testing

@testable import suture

/// Two offices' pages in two browsers, over TLS, with real nodes: sign in, work a thread, collide, lose the line, both claim, heal, settle.
@Suite(
    "The staff's pages in a real browser", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"),
    .enabled(if: WebDriver.isInstalled, "chromium-driver is not installed"))
struct BrowserTests {
    private static let password = "horse battery staple"

    /// A practice whose two nodes serve pages; each reaches the other unless it is said to be cut off.
    private func offices() async throws -> (TestPractice, thread: String)? {
        guard let program = Program() else { return nil }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        for key in ["ana", "bo", "dana"] { try await practice.setPassword(of: key, to: Self.password) }
        let opened = try await practice.run(
            "towson", "thread", "open", "Maria Lopez", "May I come on Friday?", "--office", "towson", "--category", "scheduling",
            "--subject",
            "Friday")
        let thread = opened.text("thread")
        #expect(await wait { (try? await practice.run("belair", "thread", "show", thread)) != nil })
        try await practice.serve("towson")
        // Its new endpoint must be known before the other one goes away, or neither would know where the other is.
        try await waitForLink(practice)
        try await practice.serve("belair")
        try await waitForLink(practice)
        return (practice, thread)
    }

    private func waitForLink(_ practice: TestPractice) async throws {
        let isUp = await wait {
            let peers = (try? await practice.run("belair", "status").list("peers")) ?? []
            return peers.contains { $0.text("name") == "towson" && $0.flag("connected") }
        }
        try #require(isUp, "the offices do not find each other")
    }

    private func signIn(_ browser: WebDriver, _ name: String, at address: String) async throws {
        try browser.open(address + "sign-in")
        try browser.type(name, into: "[name=name]")
        try browser.type(Self.password, into: "[name=password]")
        try browser.click("form button.main")
        #expect(await wait { (try? browser.address.hasSuffix("/inbox")) == true }, "\(name) is not signed in")
    }

    @Test("two offices claim the same thread while the line is down, and one click settles it for both")
    func contested() async throws {
        guard let (practice, thread) = try await offices() else { return }
        let (towson, belair) = (try await WebDriver(), try await WebDriver(width: 390))
        try await signIn(towson, "dana", at: try practice.pages("towson"))
        try await signIn(belair, "bo", at: try practice.pages("belair"))

        // A colleague's change at the other office appears in the open page by itself.
        try towson.open(try practice.pages("towson") + "threads/\(thread)")
        try await practice.run("belair", "thread", "tag", thread, "called-back", "--as", "bo")
        #expect(await towson.shows("called-back"), "the open page follows the other office")
        #expect(await towson.shows("What was said is not shown to you"), "an administrator's page shows who did what, not what was said")

        // The line goes down; both claim.
        try await practice.stop("belair")
        try await practice.serve("belair", cutFrom: "towson")
        try await signIn(belair, "bo", at: try practice.pages("belair"))
        try belair.open(try practice.pages("belair") + "threads/\(thread)")
        try belair.click("form[action$='/claim'] button")
        #expect(await belair.shows("You look after this now"))
        try towson.open(try practice.pages("towson") + "threads/\(thread)")
        try towson.click("form[action$='/claim'] button")
        #expect(await towson.shows("You look after this now"))

        // The line is back.
        try await practice.stop("belair")
        try await practice.serve("belair")
        #expect(await towson.shows("Contested: who looks after this?"), "both claims are shown")
        let text = try towson.text
        #expect(text.contains("Dana") && text.contains("Bo"))
        try towson.click(".claims form[action$='/assign'] button")
        #expect(await towson.shows("The thread is settled."))
        try await signIn(belair, "bo", at: try practice.pages("belair"))
        #expect(
            await wait {
                (try? belair.open(try practice.pages("belair") + "threads/\(thread)")) != nil
                    && (try? belair.text.contains("Contested: who")) == false
            }, "settled at the other office too")
    }

    @Test("a reply from a stale page is held in the browser too, and goes out when its author says so")
    func collision() async throws {
        guard let (practice, thread) = try await offices() else { return }
        let browser = try await WebDriver()
        try await signIn(browser, "ana", at: try practice.pages("towson"))
        try browser.open(try practice.pages("towson") + "threads/\(thread)")
        try browser.type("Friday is fine", into: "#reply-text")
        // What is typed is kept as a draft by itself.
        #expect(await wait { (try? await practice.text("towson", "thread", "show", thread, "--as", "ana").contains("Friday is fine")) == true })
        try await practice.run("towson", "thread", "message", thread, "Or Monday?", "--channel", "phone", "--as", "dana")
        try browser.click("form.reply button.main")
        #expect(await browser.shows("Your reply was held"))
        try browser.click("#held form[data-draft] button.main")
        #expect(await browser.shows("Your reply goes out at"))
        #expect(await wait { (try? await practice.run("towson", "thread", "show", thread).text("status").hasPrefix("waiting")) == true })
    }

    @Test("a page says who else looks and writes, until they leave; a partner's page follows what is shared, and closes when it is not")
    func presence() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.run("towson", "staff", "add", "lee", "--name", "Lee Chang", "--role", "partner")
        for key in ["ana", "bo", "lee"] { try await practice.setPassword(of: key, to: Self.password) }
        let code = try await practice.openThread(at: "towson")
        let id = try await practice.run("towson", "thread", "show", code).text("id")
        try await practice.serve("towson")
        let page = try practice.pages("towson") + "threads/\(id)"
        let (ana, other) = (try await WebDriver(), try await WebDriver())
        try await signIn(ana, "ana", at: try practice.pages("towson"))
        try ana.open(page)
        try await signIn(other, "bo", at: try practice.pages("towson"))
        try other.open(page)
        #expect(await ana.shows("Bo is looking at this thread"))
        #expect(await other.shows("Ana is looking at this thread"))
        try other.type("Friday", into: "#reply-text")
        #expect(await ana.shows("Bo is writing here"))
        try other.open(try practice.pages("towson") + "inbox")
        #expect(await wait { (try? ana.text.contains("Bo is")) == false }, "Bo has left")

        try await practice.run("towson", "thread", "share", code, "--with", "lee", "--as", "ana")
        try await signIn(other, "lee", at: try practice.pages("towson"))
        try other.open(page)
        #expect(await other.shows("Can I come on Friday?"))
        #expect(await ana.shows("Lee Chang is looking at this thread"))
        try await practice.run("towson", "thread", "note", code, "He may fly.", "--as", "ana")
        #expect(await other.shows("He may fly."))
        #expect(try !other.text.contains("Ana is looking"))
        try await practice.run("towson", "thread", "unshare", code, "--with", "lee", "--as", "ana")
        #expect(await wait { (try? other.text.contains("He may fly.")) == false }, "the open page closes")
    }

    @Test("the list answers to keys, and says when nobody is signed in any more")
    func keys() async throws {
        guard let (practice, _) = try await offices() else { return }
        let browser = try await WebDriver()
        try await signIn(browser, "ana", at: try practice.pages("towson"))
        try browser.press("j")
        try browser.press("\u{E007}")
        #expect(await wait { (try? browser.address.contains("/threads/")) == true }, "j and Enter open the first thread")
        try await practice.run("towson", "staff", "sign-out", "ana")
        #expect(
            await wait {
                _ = try? browser.open(try practice.pages("towson") + "inbox")
                return (try? browser.address.contains("/sign-in")) == true
            })
    }
}

extension TestPractice {
    /// Sets a password for the pages.
    func setPassword(of key: String, to password: String) async throws {
        let file = try scratch.write(password + "\n", to: "password")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        try await run("towson", "staff", "password", key, "--password-file", file, "--keep")
    }

    /// Starts a node anew with its pages on a free port of the loopback.
    func serve(_ name: String, cutFrom peer: String? = nil) async throws {
        if let running = nodes[name], running.isRunning { try await stop(name) }
        try await start(name, cutFrom: peer, ["--inbox", "127.0.0.1:0"])
    }

    /// Where a node's pages are.
    func pages(_ name: String) throws -> String { try #require(try nodes[name]?.ready["inbox"]?.string) }
}
