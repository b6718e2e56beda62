import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// With whom from outside the practice a thread is shared, as one person sees it.
struct SharingView {
    let state: ThreadState
    let page: PageRequest

    /// The accounts that read it now. Somebody from outside learns of no other.
    var shown: [SharedAccount] {
        state.sharedAccounts.filter { share in
            page.now < share.until && (!page.access.isFromOutside || share.staff == page.access.staff)
        }
    }

    /// What the thread's page says; nil where it is shared with nobody.
    func panel(_ time: PageTime) -> [String: Any]? {
        if shown.isEmpty { return nil }
        let isMine = page.access.isFromOutside
        let canUnshare = page.access.decision(.unshare, on: state).isAllowed
        return [
            "isMine": isMine,
            "accounts": shown.map { share -> [String: Any] in
                [
                    "name": page.directory.name(of: share.staff), "until": time.long(share.until), "iso": time.iso(share.until),
                    "value": canUnshare ? "\(share.staff)" : false as Any,
                ]
            },
        ]
    }

    /// The partners that it can be shared with, by name; none where the person may not.
    var partners: [[String: Any]] {
        guard page.access.decision(.share, on: state).isAllowed else { return [] }
        return page.directory.staff.filter { $0.profile.map { $0.isActive && AccessPolicy.isFromOutside($0.role) } ?? false }
            .map { ["value": "\($0.id)", "name": $0.profile?.name ?? ""] }
            .sorted { ($0["name"] as? String ?? "") < ($1["name"] as? String ?? "") }
    }
}
