import Causality
import InboxModel

// Sharing with accounts from outside the practice.
extension ChangeDecoder {
    /// Nil where the account or the time is missing: a newer version may say it otherwise, and nothing is shown on a guess.
    static func share(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var staff: StaffID?
        var until: Int64?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: staff = try reader.identifier(tag)
            case 2:
                var inner = ByteReader(try reader.delimited(tag))
                until = try inner.moment()
            default: try reader.skip(tag)
            }
        }
        guard let staff, let until else { return nil }
        return .shared(staff, until: until)
    }
}
