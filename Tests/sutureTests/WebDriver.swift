import Foundation
import NodeService
import Testing

/// A headless Chromium, driven over the WebDriver protocol by chromedriver on loopback. Both end with the test.
final class WebDriver {
    private let driver = Process()
    private let port: UInt16
    private var session = ""

    /// Debian's `chromium-driver` and `chromium`.
    private static let driverPath = "/usr/bin/chromedriver"

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: driverPath) }

    init(width: Int = 1280, height: Int = 900) async throws {
        port = UInt16.random(in: 20_000..<40_000)
        driver.executableURL = URL(fileURLWithPath: Self.driverPath)
        driver.arguments = ["--port=\(port)"]
        driver.standardOutput = FileHandle.nullDevice
        driver.standardError = FileHandle.nullDevice
        try driver.run()
        let isUp = await wait { (try? self.ask("GET", "/status", nil)) != nil }
        try #require(isUp, "chromedriver does not answer")
        let arguments: [JSONValue] = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--ignore-certificate-errors",
            .string("--window-size=\(width),\(height)"),
        ]
        let wanted: JSONValue = [
            "capabilities": ["alwaysMatch": ["acceptInsecureCerts": true, "goog:chromeOptions": ["args": .array(arguments)]]]
        ]
        session = try ask("POST", "/session", wanted)["sessionId"]?.string ?? ""
        try #require(!session.isEmpty)
    }

    deinit {
        // Ends the browser. Where it cannot, there is nothing to do but end the driver, which does not heed a polite request.
        if !session.isEmpty { _ = try? ask("DELETE", "/session/\(session)", nil) }
        Foundation.kill(driver.processIdentifier, SIGKILL)
        driver.waitUntilExit()
    }

    func open(_ address: String) throws { _ = try command("POST", "/url", ["url": .string(address)]) }

    var address: String { get throws { try command("GET", "/url").string ?? "" } }

    func click(_ selector: String) throws { _ = try command("POST", "/element/\(try element(selector))/click", [:]) }

    func type(_ text: String, into selector: String) throws {
        _ = try command("POST", "/element/\(try element(selector))/value", ["text": .string(text)])
    }

    /// Presses keys one after another, wherever the cursor is.
    func press(_ keys: String) throws {
        let strokes = keys.flatMap { key -> [JSONValue] in
            [["type": "keyDown", "value": .string(String(key))], ["type": "keyUp", "value": .string(String(key))]]
        }
        _ = try command("POST", "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": .array(strokes)]]])
    }

    /// What the page says, as people see it.
    var text: String { get throws { try run("return document.body.innerText").string ?? "" } }

    func run(_ script: String) throws -> JSONValue { try command("POST", "/execute/sync", ["script": .string(script), "args": []]) }

    /// Whether the page says `text` before long.
    func shows(_ text: String) async -> Bool { await wait { (try? self.text.contains(text)) == true } }

    private func element(_ selector: String) throws -> String {
        let found = try command("POST", "/element", ["using": "css selector", "value": .string(selector)])
        guard case .object(let members) = found, let id = members.values.first?.string else {
            throw WebDriverFailure(text: "no \(selector)")
        }
        return id
    }

    private func command(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
        try ask(method, "/session/\(session)\(path)", body)
    }

    private func ask(_ method: String, _ path: String, _ body: JSONValue?) throws -> JSONValue {
        guard let answer = PlainHTTP.ask(method, path, body?.oneLine, port: port), let split = answer.range(of: "\r\n\r\n") else {
            throw WebDriverFailure(text: "no answer to \(method) \(path)")
        }
        let value = try JSONValue(text: answer[split.upperBound...].utf8)["value"] ?? .null
        if let error = value["error"]?.string { throw WebDriverFailure(text: "\(error): \(value["message"]?.string?.prefix(200) ?? "")") }
        return value
    }
}

struct WebDriverFailure: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}
