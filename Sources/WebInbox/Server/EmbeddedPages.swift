/// The files of `Pages` and `Assets`, by the names under which templates and addresses know them. A test holds it against the folders.
enum EmbeddedPages {
    /// A file that browsers fetch.
    struct Asset {
        let name: String
        let type: String
        let bytes: [UInt8]
    }

    /// The templates.
    static let templates: [(name: String, bytes: [UInt8])] = [
        ("account", PackageResources.account_mustache),
        ("api", PackageResources.api_mustache),
        ("audit", PackageResources.audit_mustache),
        ("csrf", PackageResources.csrf_mustache),
        ("error", PackageResources.error_mustache),
        ("fragment-list", PackageResources.fragment_list_mustache),
        ("fragment-thread", PackageResources.fragment_thread_mustache),
        ("help", PackageResources.help_mustache),
        ("icons", PackageResources.icons_mustache),
        ("inbox-lists", PackageResources.inbox_lists_mustache),
        ("inbox-rows", PackageResources.inbox_rows_mustache),
        ("inbox", PackageResources.inbox_mustache),
        ("keys", PackageResources.keys_mustache),
        ("layout", PackageResources.layout_mustache),
        ("offices", PackageResources.offices_mustache),
        ("patient-fields", PackageResources.patient_fields_mustache),
        ("patient-new", PackageResources.patient_new_mustache),
        ("patient", PackageResources.patient_mustache),
        ("patients", PackageResources.patients_mustache),
        ("people", PackageResources.people_mustache),
        ("person-fields", PackageResources.person_fields_mustache),
        ("person-new", PackageResources.person_new_mustache),
        ("person", PackageResources.person_mustache),
        ("row", PackageResources.row_mustache),
        ("sessions", PackageResources.sessions_mustache),
        ("sign-in", PackageResources.sign_in_mustache),
        ("status", PackageResources.status_mustache),
        ("thread-compose", PackageResources.thread_compose_mustache),
        ("thread-conversation", PackageResources.thread_conversation_mustache),
        ("thread-head", PackageResources.thread_head_mustache),
        ("thread-history", PackageResources.thread_history_mustache),
        ("thread-item", PackageResources.thread_item_mustache),
        ("thread-new", PackageResources.thread_new_mustache),
        ("thread-panels", PackageResources.thread_panels_mustache),
        ("thread-parts", PackageResources.thread_parts_mustache),
        ("thread-side", PackageResources.thread_side_mustache),
        ("thread", PackageResources.thread_mustache),
        ("tokens", PackageResources.tokens_mustache),
        ("trust", PackageResources.trust_mustache),
    ]

    /// What browsers fetch.
    static let assets: [Asset] = [
        Asset(name: "countdown.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.countdown_js),
        Asset(name: "dialogs.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.dialogs_js),
        Asset(name: "drafts.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.drafts_js),
        Asset(name: "favicon.svg", type: "image/svg+xml", bytes: PackageResources.favicon_svg),
        Asset(name: "forms.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.forms_js),
        Asset(name: "idle.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.idle_js),
        Asset(name: "keys.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.keys_js),
        Asset(name: "live.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.live_js),
        Asset(name: "parts.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.parts_js),
        Asset(name: "presence.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.presence_js),
        Asset(name: "search.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.search_js),
        Asset(name: "spoken.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.spoken_js),
        Asset(name: "suture.css", type: "text/css; charset=utf-8", bytes: PackageResources.suture_css),
        Asset(name: "suture.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.suture_js),
    ]
}
