import HTTPTypes
import Hummingbird

/// A fault as programs get it (RFC 9457).
struct APIFault {
    let fault: PageFault

    init(_ fault: PageFault) { self.fault = fault }

    var response: Response {
        let body = JSONText.object([
            ("type", .text("about:blank")), ("title", .text(fault.what)), ("status", .number(Int64(fault.status.code))),
            ("code", .text(fault.code)),
            ("detail", .text(fault.todo)),
        ])
        return Response(
            status: fault.status, headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body.text)))
    }
}
