import Foundation

/// A pipe between a process and those that it starts, on which nothing is ever written: while the starter lives it stays open, and
/// however the starter ends, the system closes it. So even a starter that was killed leaves no process behind.
struct Lifeline {
    private let pipe = Pipe()

    /// A lifeline that later children do not inherit.
    init() {
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// What the child is to have as its standard input.
    var end: FileHandle { pipe.fileHandleForReading }

    /// In the child: asks this process to end, as SIGTERM does, once standard input ends; and ends it where that takes long.
    ///
    /// It leads a process group of its own, so that one that is stopped in its tracks is no exception: the system ends stopped
    /// groups whose starter is gone.
    static func endWithInput() {
        _ = setpgid(0, 0)
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || count < 0 && errno != EINTR { break }
            }
            kill(getpid(), SIGTERM)
            sleep(5)
            _exit(1)
        }
        thread.start()
    }
}
