import NodeService

/// What happened since a page was shown, in words.
enum CollisionText {
    static func line(_ collision: JSONValue) -> String {
        let who = PrintableText.oneLine(collision["by"]?.string ?? "somebody")
        switch collision.text("kind") {
        case "message-arrived":
            let count = collision.list("changeSets").count
            return count == 1 ? "a message came in from the patient" : "\(count) messages came in from the patient"
        case "answered": return "\(who) sent the patient a message"
        case "ownership-moved": return "\(PrintableText.oneLine(collision.text("to"))) owns it now"
        case "resolved": return "\(who) resolved it"
        case "merged": return "it goes on in another thread"
        case "split": return "\(who) let messages go on in another thread"
        default: return "something happened: \(collision.text("kind"))"
        }
    }
}
