import InboxModel
import Synchronization
import Vault

/// One person at one browser, from signing in to signing out.
struct Session: Sendable {
    /// How people and the audit name it: nothing that opens it.
    let name: String
    let staff: StaffID
    /// When it began, in milliseconds since 1970.
    let began: Int64
    /// When it was last used.
    var used: Int64
    /// What forms must send back.
    let csrf: String
    /// Where it began.
    let address: String
    /// The browser's own words for itself, shortened.
    let browser: String
    /// What the next page is to say about what the last action did.
    var notice: Notice?
    /// Replies that were held, and what had happened.
    var held: [ThreadID: [String]] = [:]
    /// Patients whose record an emergency opened, and until when.
    var openedRecords: [PatientID: Int64] = [:]

    /// What came of the last check of the audit.
    var verification: Verification?

    struct Notice: Sendable {
        let words: String
        let isRefusal: Bool
    }

    struct Verification: Sendable {
        let isWhole: Bool
        let words: String
        let time: String
        let iso: String
        let trouble: [String]

        var model: [String: Any] { ["isWhole": isWhole, "words": words, "time": time, "iso": iso, "trouble": trouble] }
    }
}

/// The sessions of one node. A session is known by 32 random bytes that only its browser has; here is their hash. They end with the
/// process: whoever copies a disk finds none.
final class SessionStore: Sendable {
    /// Unused for so long, a session ends. Milliseconds.
    static let idleMax: Int64 = 15 * 60_000
    /// No session lasts longer. Milliseconds.
    static let ageMax: Int64 = 12 * 3_600_000
    /// The most sessions at once: the one unused for longest gives way.
    private static let countMax = 10_000

    private let sessions = Mutex<[Digest: Session]>([:])
    private let random: any RandomSource

    init(random: any RandomSource) { self.random = random }

    private static func hash(_ token: String) -> Digest { Digest.hash(Domain("suture/session"), Array(token.utf8)) }

    /// Begins a session and gives the token for its cookie, which is kept nowhere else.
    func begin(_ staff: StaffID, address: String, browser: String, now: Int64) -> String {
        let token = Token.text(random.bytes(32))
        let session = Session(
            name: Token.text(random.bytes(6)), staff: staff, began: now, used: now, csrf: Token.text(random.bytes(24)), address: address,
            browser: String(browser.prefix(120)))
        sessions.withLock { sessions in
            if sessions.count >= Self.countMax, let oldest = sessions.min(by: { $0.value.used < $1.value.used }) {
                sessions[oldest.key] = nil
            }
            sessions[Self.hash(token)] = session
        }
        return token
    }

    /// The session of a cookie that has not ended, used now. `isUse` is false for what a page does by itself.
    func session(_ token: String, now: Int64, isUse: Bool = true) -> Session? {
        let key = Self.hash(token)
        return sessions.withLock { sessions in
            guard var session = sessions[key] else { return nil }
            guard now - session.used < Self.idleMax, now - session.began < Self.ageMax else {
                sessions[key] = nil
                return nil
            }
            if isUse {
                session.used = max(session.used, now)
                sessions[key] = session
            }
            return session
        }
    }

    /// Changes a session that has not ended.
    func update(_ token: String, _ change: (inout Session) -> Void) {
        let key = Self.hash(token)
        sessions.withLock { sessions in
            guard var session = sessions[key] else { return }
            change(&session)
            sessions[key] = session
        }
    }

    /// Takes the words that the next page is to show, so that they are shown once.
    func takeNotice(_ token: String) -> Session.Notice? {
        var notice: Session.Notice?
        update(token) {
            notice = $0.notice
            $0.notice = nil
        }
        return notice
    }

    func end(_ token: String) { sessions.withLock { $0[Self.hash(token)] = nil } }

    /// Ends the sessions that `choose` picks.
    func end(where choose: (Session) -> Bool) {
        sessions.withLock { sessions in sessions = sessions.filter { !choose($0.value) } }
    }

    /// The sessions of a person that have not ended, the latest used first.
    func sessions(of staff: StaffID, now: Int64) -> [Session] {
        sessions.withLock { $0.values.filter { $0.staff == staff && now - $0.used < Self.idleMax && now - $0.began < Self.ageMax } }
            .sorted { ($0.used, $0.name) > ($1.used, $1.name) }
    }
}

/// Random bytes as text that goes into cookies, forms and addresses.
enum Token {
    static func text(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> bits) & 63])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (6 - bits)) & 63]) }
        return text
    }
}
