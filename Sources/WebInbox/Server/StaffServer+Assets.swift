import Hummingbird

extension StaffServer {
    func addAssets(to router: Router<PageContext>) {
        for asset in EmbeddedPages.assets {
            let buffer = ByteBuffer(bytes: asset.bytes)
            router.get(RouterPath("/assets/:version/\(asset.name)")) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable"],
                    body: ResponseBody(byteBuffer: buffer))
            }
        }
        router.get("/favicon.ico") { _, _ in Response(status: .noContent) }
    }
}
