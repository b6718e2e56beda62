import InboxModel
import InboxWorkflow
import Testing

@Suite struct AccessPolicyTests {
    @Test("Every role gets for every action on every scope what the written table says")
    func matrix() throws {
        let expected = try AccessMatrix.expectations()
        var asked = 0
        var wrong: [String] = []
        for key in Self.questions {
            let letter = Self.letter(AccessPolicy.decision(key.action, by: key.staff, on: key.scope))
            if letter != expected[key] {
                wrong.append("\(key): \(letter), table says \(expected[key].map(String.init) ?? "nothing")")
            }
            asked += 1
        }
        #expect(wrong.isEmpty, "\(wrong.count) differ:\n\(wrong.prefix(20).joined(separator: "\n"))")
        #expect(asked == expected.count)
        #expect(asked == 44 * 9 * 4 * 5 * 2 * 2)
    }

    /// Every action by every role on every scope.
    private static var questions: [AccessMatrix.Case] {
        var questions: [AccessMatrix.Case] = []
        for action in StaffAction.allCases {
            for role in Role.allCases {
                for office in AccessMatrix.Office.allCases {
                    for relation in AccessMatrix.Relation.allCases {
                        for review in AccessMatrix.Review.allCases {
                            for category in AccessMatrix.Category.allCases {
                                questions.append(
                                    AccessMatrix.Case(
                                        action: action, role: role, office: office, relation: relation, review: review,
                                        category: category))
                            }
                        }
                    }
                }
            }
        }
        return questions
    }

    @Test("An account that is not in use may do nothing", arguments: Role.allCases)
    func inactive(role: Role) {
        let staff = Cast.profile(role, offices: [], isActive: false)
        let scope = AccessScope(office: Cast.towson, isOwner: true, isOffered: true, coversOwner: true)
        for action in StaffAction.allCases {
            #expect(Self.code(AccessPolicy.decision(action, by: staff, on: scope)) == .inactive)
        }
    }

    @Test(
        "Being more to a thread, or its category being administrative, never takes access away, and clinical review never gives any",
        arguments: Role.allCases)
    func monotonic(role: Role) {
        let staff = Cast.profile(role, offices: [Cast.towson])
        func isAllowed(_ action: StaffAction, _ office: OfficeID?, _ bits: Int) -> Bool {
            let scope = AccessScope(
                office: office, needsReview: bits & 1 != 0, isOwner: bits & 2 != 0, isOffered: bits & 4 != 0,
                coversOwner: bits & 8 != 0, isAdministrative: bits & 16 != 0, isShared: bits & 32 != 0)
            return AccessPolicy.decision(action, by: staff, on: scope).isAllowed
        }
        for action in StaffAction.allCases {
            for office in [Cast.towson, Cast.belAir, nil] {
                for bits in 0..<64 {
                    for relation in [2, 4, 8, 16, 32] where isAllowed(action, office, bits) {
                        #expect(isAllowed(action, office, bits | relation), "\(action) \(bits) \(relation)")
                    }
                    if isAllowed(action, office, bits | 1) {
                        #expect(isAllowed(action, office, bits & ~1), "\(action) \(bits)")
                    }
                }
            }
        }
    }

    @Test("What a lost laptop could carry away takes an office's node, whoever asks", arguments: Role.allCases)
    func devices(role: Role) {
        let staff = Cast.profile(role, offices: [])
        let kept: Set<StaffAction> = [.manageAccounts, .export]
        for action in StaffAction.allCases {
            let scope = AccessScope(office: Cast.towson, isOwner: true, isOffered: true)
            let atOffice = AccessPolicy.decision(action, by: staff, on: scope, at: .office)
            let onLaptop = AccessPolicy.decision(action, by: staff, on: scope, at: .laptop)
            #expect(onLaptop == atOffice || (kept.contains(action) && Self.code(onLaptop) == .device))
            if kept.contains(action) { #expect(!onLaptop.isAllowed) }
        }
    }

    @Test("A refusal says what would be needed")
    func messages() {
        func message(_ action: StaffAction, _ role: Role, _ scope: AccessScope) -> String {
            guard case .refused(let refusal) = AccessPolicy.decision(
                action, by: Cast.profile(role, offices: [Cast.towson]), on: scope)
            else { return "allowed" }
            return refusal.message
        }
        let flagged = AccessScope(office: Cast.towson, needsReview: true)
        #expect(message(.reply, .frontDesk, flagged).contains("a surgeon or an on-call clinician"))
        #expect(message(.assign, .frontDesk, flagged).contains("surgeon, administrator. This account's role is front desk."))
        #expect(message(.note, .billing, AccessScope(office: Cast.belAir)).contains("account of this office"))
        #expect(message(.note, .billing, AccessScope(office: Cast.towson)).contains("under a clinical category: to write a note"))
        #expect(message(.release, .assistant, flagged).contains("release a thread"))
        #expect(message(.accept, .assistant, flagged).contains("asked to take the thread"))
    }

    @Test("A node does by itself what nobody has to answer for, and an administrator's node everything that has a row", arguments: StaffAction.allCases)
    func nodes(action: StaffAction) {
        let takesPerson: Set<StaffAction> = [
            .reply, .draft, .correct, .read, .claim, .accept, .decline, .assign, .setReview, .resolve, .placeHold, .releaseHold, .purge,
            .editDirectory, .ownAccount, .manageAccounts, .readTexts, .share, .unshare,
        ]
        let decision = AccessPolicy.decision(action, byNodeOfAdministrator: false)
        #expect(decision.isAllowed == !takesPerson.contains(action))
        #expect(takesPerson.contains(action) == (Self.code(decision) == .person))
        #expect(AccessPolicy.decision(action, byNodeOfAdministrator: true) == .allowed)
    }

    private static func code(_ decision: AccessDecision) -> AccessRefusal.Code? {
        if case .refused(let refusal) = decision { refusal.code } else { nil }
    }

    private static func letter(_ decision: AccessDecision) -> Character {
        switch code(decision) {
        case nil: "+"
        case .inactive: "i"
        case .role: "r"
        case .office: "o"
        case .category: "k"
        case .clinical: "c"
        case .device: "d"
        case .notOwner: "w"
        case .notOffered: "f"
        case .notShared: "s"
        case .person: "p"
        case .unknown: "u"
        case .patient: "t"
        case .node: "n"
        }
    }
}
