import InboxModel
import InboxWorkflow

/// Who may do what, written out: the expectation of `AccessPolicyTests` and the table to read before changing the policy.
///
/// A block begins with its actions. Its lines say for which scopes they hold: the thread's office, what the person is to the
/// thread, whether it is under clinical review, and its category, each a list of alternatives or `*` for all. Then one cell for each
/// role: + allowed, or what is missing: r role, o office, k a role that works in the category, c clinical role, w being the owner, f having
/// been asked, s that the thread is shared with them.
enum AccessMatrix {
    static let text = """
        roles frontDesk billing assistant surgeon onCall administrator  complianceOfficer partner operator

        actions openThread
        own,every    *                     *       *              + + + + + +  r r r
        other,none   owner,covers          *       *              + + + + + +  r r r
        other,none   nothing,offered,shared       *       *              o o o o + +  r r r

        actions enterPatientMessage draft claim escalate acknowledgeEscalation setCategory setPriority tag
        actions snooze setDue move merge reopen acknowledgeAnsweredTwice
        own,every    *                     *       administrative + + + + + +  r r r
        own,every    owner,covers          *       clinical       + + + + + +  r r r
        own,every    nothing,offered,shared       *       clinical       + k + + + +  r r r
        other,none   owner,covers          *       *              + + + + + +  r r r
        other,none   nothing,offered,shared       *       *              o o o o + +  r r r

        actions reply correct resolve setReview
        own,every    *                     plain   administrative + + + + + +  r r r
        own,every    *                     flagged administrative c c + + + c  r r r
        own,every    owner,covers          plain   clinical       + + + + + +  r r r
        own,every    owner,covers          flagged clinical       c c + + + c  r r r
        own,every    nothing,offered,shared       plain   clinical       + k + + + +  r r r
        own,every    nothing,offered,shared       flagged clinical       c k + + + c  r r r
        other,none   owner,covers          plain   *              + + + + + +  r r r
        other,none   owner,covers          flagged *              c c + + + c  r r r
        other,none   nothing,offered,shared       plain   *              o o o o + +  r r r
        other,none   nothing,offered,shared       flagged *              o o o o + c  r r r

        actions note
        own,every    nothing,offered,owner,covers  *  administrative + + + + + +  r s r
        own,every    shared                *       administrative + + + + + +  r + r
        own,every    owner,covers          *       clinical       + + + + + +  r s r
        own,every    nothing,offered       *       clinical       + k + + + +  r s r
        own,every    shared                *       clinical       + k + + + +  r + r
        other,none   owner,covers          *       *              + + + + + +  r s r
        other,none   nothing,offered       *       *              o o o o + +  r s r
        other,none   shared                *       *              o o o o + +  r + r

        actions read
        own,every    nothing,owner,covers,offered  *  administrative + + + + + +  + s r
        own,every    shared                *       administrative + + + + + +  + + r
        own,every    owner,covers,offered  *       clinical       + + + + + +  + s r
        own,every    nothing               *       clinical       + k + + + +  + s r
        own,every    shared                *       clinical       + k + + + +  + + r
        other,none   owner,covers,offered  *       *              + + + + + +  + s r
        other,none   nothing               *       *              o o o o + +  o s r
        other,none   shared                *       *              o o o o + +  o + r

        actions readTexts
        own,every    nothing               *       clinical       + k + + + r  + s r
        own,every    nothing               *       administrative + + + + + r  + s r
        own,every    shared                *       clinical       + k + + + r  + + r
        own,every    shared                *       administrative + + + + + r  + + r
        own,every    owner,covers,offered  *       *              + + + + + r  + s r
        other,none   owner,covers,offered  *       *              + + + + + r  + s r
        other,none   nothing               *       *              o o o o + r  o s r
        other,none   shared                *       *              o o o o + r  o + r

        actions share
        own,every    *                     plain   administrative + + + + + r  r r r
        own,every    *                     flagged administrative c c + + + r  r r r
        own,every    owner,covers          plain   clinical       + + + + + r  r r r
        own,every    owner,covers          flagged clinical       c c + + + r  r r r
        own,every    nothing,offered,shared  plain   clinical     + k + + + r  r r r
        own,every    nothing,offered,shared  flagged clinical     c k + + + r  r r r
        other,none   owner,covers          plain   *              + + + + + r  r r r
        other,none   owner,covers          flagged *              c c + + + r  r r r
        other,none   nothing,offered,shared  plain   *            o o o o + r  r r r
        other,none   nothing,offered,shared  flagged *            o o o o + r  r r r

        actions unshare
        own,every    *                     *       administrative + + + + + +  + r r
        own,every    owner,covers          *       clinical       + + + + + +  + r r
        own,every    nothing,offered,shared  *     clinical       + k + + + +  + r r
        other,none   owner,covers          *       *              + + + + + +  + r r
        other,none   nothing,offered,shared  *     *              o o o o + +  o r r

        actions release offer
        *            owner                 *       *              + + + + + +  r r r
        own,every    nothing,offered,shared       *       administrative w w w w w +  r r r
        own,every    nothing,offered,shared       *       clinical       w k w w w +  r r r
        *            covers                *       *              w w w w w +  r r r
        other,none   nothing,offered,shared       *       *              o o o o w +  r r r

        actions accept decline
        *            offered               *       *              + + + + + +  r r r
        *            owner,covers          *       *              f f f f f f  r r r
        own,every    nothing,shared        *       administrative f f f f f f  r r r
        own,every    nothing,shared        *       clinical       f k f f f f  r r r
        other,none   nothing,shared        *       *              o o o o f f  r r r

        actions assign
        own,every    *                     *       *              r r r + r +  r r r
        other,none   owner,covers          *       *              r r r + r +  r r r
        other,none   nothing,offered,shared       *       *              r r r o r +  r r r

        actions placeHold releaseHold purge
        own,every    *                     *       *              r r r r r +  + r r
        other,none   owner,covers          *       *              r r r r r +  + r r
        other,none   nothing,offered,shared       *       *              r r r r r +  o r r

        actions editPatient editConsent breakGlass
        own,every,none *                   *       *              + + + + + +  r r r
        other        owner,covers          *       *              + + + + + +  r r r
        other        nothing,offered,shared       *       *              o o o o + +  r r r

        actions editDirectory administer manageAccounts
        *            *                     *       *              r r r r r +  r r r

        actions ownAccount
        own,every,none *                   *       *              + + + + + +  + + +
        other        owner,covers          *       *              + + + + + +  + + +
        other        nothing,offered,shared       *       *              o o o o + +  o o o

        actions seePeople readPatient
        own,every,none *                   *       *              + + + + + +  + r r
        other        owner,covers          *       *              + + + + + +  + r r
        other        nothing,offered,shared       *       *              o o o o + +  o r r

        actions seeSync
        own,every,none *                   *       *              + + + + + +  + r +
        other        owner,covers          *       *              + + + + + +  + r +
        other        nothing,offered,shared       *       *              o o o o + +  o r o

        actions readAudit export
        own,every,none *                   *       *              r r r r r +  + r r
        other        owner,covers          *       *              r r r r r +  + r r
        other        nothing,offered,shared       *       *              r r r r r +  o r r
        """

    /// Where the thread belongs, seen from a person of Towson.
    enum Office: String, CaseIterable {
        /// The thread and the person belong to Towson.
        case own
        /// The thread belongs to Bel Air.
        case other
        /// The scope names no office.
        case none
        /// The thread belongs to Bel Air, and the person's profile lists no office, which means every one.
        case every
    }

    /// What the person is to the thread.
    enum Relation: String, CaseIterable { case nothing, owner, offered, covers, shared }

    /// Whether the thread is under clinical review.
    enum Review: String, CaseIterable { case plain, flagged }

    /// What kind of category the thread is filed under.
    enum Category: String, CaseIterable { case administrative, clinical }

    /// One question to the policy.
    struct Case: Hashable, CustomStringConvertible {
        let action: StaffAction
        let role: Role
        let office: Office
        let relation: Relation
        let review: Review
        let category: Category

        var staff: StaffProfile { Cast.profile(role, offices: office == .every ? [] : [Cast.towson]) }

        var scope: AccessScope {
            AccessScope(
                office: office == .own ? Cast.towson : office == .none ? nil : Cast.belAir,
                needsReview: review == .flagged, isOwner: relation == .owner, isOffered: relation == .offered,
                coversOwner: relation == .covers, isAdministrative: category == .administrative, isShared: relation == .shared)
        }

        var description: String { "\(role) \(action): \(office) \(relation) \(review) \(category)" }
    }

    /// What is wrong with the text itself.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Every question with the letter expected for it.
    static func expectations() throws -> [Case: Character] {
        var roles: [Role] = []
        var actions: [StaffAction] = []
        var wasHeading = false
        var result: [Case: Character] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch words[0] {
            case "roles":
                roles = try words.dropFirst().map { try named($0, Role.allCases) }
            case "actions":
                if !wasHeading { actions = [] }
                actions += try words.dropFirst().map { try named($0, StaffAction.allCases) }
            default:
                let cells = words.dropFirst(4)
                guard cells.count == roles.count else { throw Mistake(description: "wrong number of cells: \(line)") }
                for action in actions {
                    for (role, cell) in zip(roles, cells) {
                        for key in try cases(action, role, words) {
                            guard result.updateValue(Character(cell), forKey: key) == nil else {
                                throw Mistake(description: "two lines for \(key)")
                            }
                        }
                    }
                }
            }
            wasHeading = words[0] == "actions"
        }
        return result
    }

    /// The questions that a line's first words stand for, of one action and role.
    private static func cases(_ action: StaffAction, _ role: Role, _ words: [String]) throws -> [Case] {
        let categories = try alternatives(words[3], Category.allCases)
        let reviews = try alternatives(words[2], Review.allCases)
        let relations = try alternatives(words[1], Relation.allCases)
        return try alternatives(words[0], Office.allCases).flatMap { office in
            relations.flatMap { relation in
                reviews.flatMap { review in
                    categories.map { category in
                        Case(action: action, role: role, office: office, relation: relation, review: review, category: category)
                    }
                }
            }
        }
    }

    private static func named<Value>(_ name: String, _ values: [Value]) throws -> Value {
        guard let value = values.first(where: { String(describing: $0) == name }) else {
            throw Mistake(description: "unknown word \(name)")
        }
        return value
    }

    private static func alternatives<Value>(_ list: String, _ values: [Value]) throws -> [Value] {
        list == "*" ? values : try list.split(separator: ",").map { try named(String($0), values) }
    }
}
