/// Ctrl-C and SIGTERM.
module DreamTime.Cli.Interrupts

open System.IO
open System.Runtime.InteropServices
open System.Threading

/// Runs `work` under a token that the first signal cancels. The second one is left to the system, which ends the process at once.
let guard (error: TextWriter) (live: bool) (work: CancellationToken -> int) =
    use stop = new CancellationTokenSource()

    let handle (context: PosixSignalContext) =
        if not stop.IsCancellationRequested then
            context.Cancel <- true

            if live then
                error.WriteLine() // below the line that shows the progress

            error.WriteLine "stopping after this step; Ctrl-C again quits at once"
            error.Flush()
            stop.Cancel()

    use _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, handle)
    use _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, handle)
    work stop.Token
