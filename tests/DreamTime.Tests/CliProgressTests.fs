module DreamTime.Tests.CliProgressTests

open System
open System.IO
open System.Threading
open Expecto
open DreamTime.Cli

/// A clock that moves when told to.
type private Clock() =
    inherit TimeProvider()
    let mutable now = 0L
    member _.Advance(seconds: float) = now <- now + int64 (seconds * 1e7)
    override _.TimestampFrequency = 10_000_000L
    override _.GetTimestamp() = now

let private rateOf (marks: (float * int) list) =
    let rate = Rate()

    for seconds, step in marks do
        rate.Mark(TimeSpan.FromSeconds seconds, step)

    rate

/// Reports steps 1..total, `seconds` apart, and returns what was written.
let private written (live: bool) (total: int) (seconds: float) =
    let clock = Clock()
    use error = new StringWriter(NewLine = "\n")

    let terminal = {
        Out = TextWriter.Null
        Error = error
        IsLive = live
        Interruptible = fun work -> work CancellationToken.None
    }

    Progress.track clock terminal "step" total (fun report ->
        for step in 1..total do
            clock.Advance seconds
            report step $"t = {1000 - step}")

    string error

let tests =
    testList "progress" [
        test "a rate needs two marks" {
            Expect.isNone (rateOf []).PerSecond ""
            Expect.isNone (rateOf [ 1.0, 1 ]).PerSecond ""
            Expect.isNone (rateOf [ 1.0, 1; 1.0, 2 ]).PerSecond "no time has passed"
        }
        test "a steady rate and what is left" {
            let rate = rateOf [ for i in 1..40 -> 0.5 * float i, i ]
            Expect.floatClose Accuracy.high rate.PerSecond.Value 2.0 ""
            Expect.equal (rate.Remaining 100) (Some(TimeSpan.FromSeconds 30.0)) ""
        }
        test "slow first steps are forgotten after ten seconds" {
            let rate = rateOf ((20.0, 1) :: [ for i in 1..150 -> 20.0 + 0.1 * float i, 1 + i ])
            Expect.floatClose Accuracy.medium rate.PerSecond.Value 10.0 ""
        }
        test "durations" {
            let print (seconds: float) =
                Duration.print (TimeSpan.FromSeconds seconds)

            Expect.equal
                (List.map print [ 0.0; 7.4; 59.6; 754.0; 3723.0; 360000.0 ])
                [ "0:00"; "0:07"; "1:00"; "12:34"; "1:02:03"; "100:00:00" ]
                ""
        }
        test "where nobody watches, a plain line every five seconds, the first and the last" {
            let lines = (written false 100 0.2).TrimEnd('\n').Split '\n'
            Expect.equal lines[0] "step 1/100, t = 999" ""
            Expect.equal lines[1] "step 26/100, t = 974, 5.0 steps/s, 0:15 left" ""
            Expect.equal lines[lines.Length - 1] "step 100/100, t = 900, 5.0 steps/s" ""
            Expect.equal lines.Length 5 ""
        }
        test "slow steps are timed in seconds a step" {
            Expect.stringContains (written false 3 20.0) "step 2/3, t = 998, 20.0 s/step, 0:20 left" ""
        }
        test "on a terminal one line is redrawn" {
            let text = written true 50 0.2
            Expect.stringContains text "\u001b[" "control sequences"
            Expect.stringContains text "step 50/50" ""
        }
    ]
