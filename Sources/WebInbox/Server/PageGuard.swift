import HTTPTypes
import Hummingbird
import Logging
import PageTemplates

/// Stands before every request: answers faults as pages or JSON, and sends the headers that keep other sites out.
struct PageGuard: RouterMiddleware {
    let server: StaffServer

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let fault = PageFault(error)
            if fault.status == .internalServerError {
                // What kind of error, never its words: they may hold what was said.
                server.logger.error("a page failed", metadata: ["path": "\(Self.shape(request.uri.path))", "error": "\(type(of: error))"])
            }
            response = server.response(to: fault, request)
        }
        Self.addHeaders(to: &response, isTLS: server.settings.certificate != nil)
        return response
    }

    /// The path without what names a thread or person.
    private static func shape(_ path: String) -> String {
        path.split(separator: "/").map { $0.utf8.count > 20 || $0.contains(where: \.isNumber) ? "…" : String($0) }.joined(separator: "/")
    }

    private static func addHeaders(to response: inout Response, isTLS: Bool) {
        func add(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name), response.headers[name] == nil { response.headers[name] = value }
        }
        add("Cache-Control", "no-store")
        add("X-Content-Type-Options", "nosniff")
        add("Referrer-Policy", "same-origin")
        add("Cross-Origin-Opener-Policy", "same-origin")
        add("Cross-Origin-Resource-Policy", "same-origin")
        add("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        add("X-Frame-Options", "DENY")
        add(
            "Content-Security-Policy",
            """
            default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
            base-uri 'none'; frame-ancestors 'none'
            """)
        if isTLS { add("Strict-Transport-Security", "max-age=31536000") }
    }
}

extension StaffServer {
    /// A fault as the asking side understands it.
    func response(to fault: PageFault, _ request: Request) -> Response {
        if request.uri.path.hasPrefix("/api/") { return APIFault(fault).response }
        if fault.code == PageFault.signedOut.code && request.method == .get && request.headers[.xFragment] == nil {
            return .redirect(to: "/sign-in?next=\(request.uri.string.queryEncoded)")
        }
        let model: [String: Any] = [
            "assets": renderer.assetsPath, "group": "", "code": "\(fault.status.code)", "what": fault.what, "todo": fault.todo,
            "back": ["url": "/inbox", "name": "To the inbox"],
        ]
        do {
            return Self.html(try renderer.html("error", model), status: fault.status)
        } catch {
            return Response(status: fault.status, body: ResponseBody(byteBuffer: ByteBuffer(string: fault.what)))
        }
    }

    static func html(_ html: RenderedHTML, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: html.bytes)))
    }

    /// Sends a browser on after something was done, so that reloading does not do it again.
    static func go(to address: String) -> Response { .redirect(to: address) }
}
