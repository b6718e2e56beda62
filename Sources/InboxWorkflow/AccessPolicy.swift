public import InboxModel

/// Who may do what, where: the only place in the project that decides it. Denies by default.
///
/// An action passes when, in this order, the account is in use, the role has the action in the access table, the device is one for
/// it, the thread's office is among the person's and the role works in its category, or the thread is shared with a person from
/// outside, clinical review does not keep it for clinical staff, and the person is to the thread what the action asks for. The first
/// that fails is the refusal.
///
/// - **Offices.** A profile without offices means every office, and on-call clinicians and administrators have every
///   office whatever theirs lists. Anybody else also reaches a thread of another office that they own or stand in for,
///   and may read, accept or decline one that they were asked to take: accountability is never given to somebody who is
///   locked out.
/// - **Categories.** Billing works in administrative categories. Of threads under a clinical category, one whose threads start under
///   review, it reaches those that it owns or stands in for, and may read, accept or decline what it was asked to take. The front desk
///   sorts what comes in and sees every category. A category that is not known counts as clinical.
/// - **Clinical review.** On a flagged thread only assistants, surgeons and on-call clinicians may reply, resolve or
///   correct. The others may still note, claim, hand off and enter what the patient said. `setReview` on a flagged
///   thread counts as taking the flag off.
/// - **Administrators** see threads without what was said in them (`readTexts`). Until supervisors have a role of their own,
///   administrators are also the practice's supervisors: they assign, release and hand off for others, and may answer
///   administrative threads that an emergency opened to them, never flagged ones.
///
/// - **Outside partners** reach threads that are shared with their account, until that ends or is taken back, and no others: neither
///   offices nor being asked to take a thread open anything to them. Being shared means nothing to other roles.
///
/// - **Nodes.** What nobody did by name (set-up, import, rules) a node may do by itself, unless the table says that it takes a person;
///   an administrator's node may do that too.
///
/// A node asks before it authors a change, and again when a change arrives from a peer. The second time roles, scope and device
/// must come from what the change's author had seen. Judged on what a node has merged since, two nodes could judge one change
/// differently and never agree again. For the same reason the table cannot simply be changed once groups run different versions.
public enum AccessPolicy {
    /// Whether `staff` may do `action` on what `scope` describes.
    ///
    /// - Parameters:
    ///   - action: What they want to do.
    ///   - staff: Who.
    ///   - scope: What it is about.
    ///   - device: At what kind of node.
    public static func decision(
        _ action: StaffAction, by staff: StaffProfile, on scope: AccessScope, at device: AccessDevice = .office
    ) -> AccessDecision {
        guard staff.isActive else { return .refused(.inactive) }
        guard let rule = rulesByAction[Int(action.rawValue)], rule.roles.contains(RoleSet(staff.role)) else {
            return .refused(.role(action, staff.role))
        }
        if rule.isForOffices && device != .office { return .refused(.device(action)) }
        if isFromOutside(staff.role) && rule.subject == .thread {
            guard scope.isShared else { return .refused(.notShared(action)) }
        } else {
            guard reaches(scope, staff, under: rule) else { return .refused(.office(action)) }
            guard isOfCategory(scope, for: staff, under: rule) else { return .refused(.category(action)) }
        }
        if rule.isClinicalUnderReview && scope.needsReview && !staff.role.isClinical {
            return .refused(.clinical(action))
        }
        switch rule.relation {
        case .any: return .allowed
        case .owner: return scope.isOwner || staff.role == .administrator ? .allowed : .refused(.notOwner(action))
        case .offered: return scope.isOffered ? .allowed : .refused(.notOffered(action))
        }
    }

    /// Whether a node may do `action` without a person who answers for it.
    ///
    /// - Parameters:
    ///   - action: What is to be done.
    ///   - isAdministrator: Whether the node is an administrator's.
    public static func decision(_ action: StaffAction, byNodeOfAdministrator isAdministrator: Bool) -> AccessDecision {
        guard let rule = rulesByAction[Int(action.rawValue)] else { return .refused(.person(action)) }
        return isAdministrator || !rule.takesPerson ? .allowed : .refused(.person(action))
    }

    /// Whether the person's offices, or what they are to the thread, bring them to `scope`.
    private static func reaches(_ scope: AccessScope, _ staff: StaffProfile, under rule: AccessRule) -> Bool {
        if staff.offices.isEmpty || staff.role == .onCall || staff.role == .administrator { return true }
        if let office = scope.office {
            if staff.offices.contains(office) { return true }
        } else if rule.subject == .group {
            return true
        }
        return scope.coversOwner || scope.isOwner || (rule.isOpenToOffered && scope.isOffered)
    }

    /// Whether the role is of people from outside the practice, who see what is shared with them.
    public static func isFromOutside(_ role: Role) -> Bool { RoleSet.outside.contains(RoleSet(role)) }

    /// Whether the role keeps to threads of administrative categories, but for those that the person is accountable for.
    public static func isAdministrativeOnly(_ role: Role) -> Bool { administrativeRoles.contains(RoleSet(role)) }

    /// Whether the thread's category, or what the person is to the thread, opens it to their role.
    private static func isOfCategory(_ scope: AccessScope, for staff: StaffProfile, under rule: AccessRule) -> Bool {
        if rule.subject == .group || rule.isForEveryCategory || scope.isAdministrative { return true }
        guard isAdministrativeOnly(staff.role) else { return true }
        return scope.coversOwner || scope.isOwner || (rule.isOpenToOffered && scope.isOffered)
    }
}
