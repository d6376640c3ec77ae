module DreamTime.Diffusion.Tests.NativeLibtorchTests

open System
open System.Diagnostics
open System.IO
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private unusedVersion = "GLIBCXX_3.4.32"

let private bridge () =
    let path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so")

    if File.Exists path then
        File.ReadAllBytes path
    else
        skiptest "there is no ELF bridge on this platform"

/// Starts these tests anew with DREAMTIME_LIBTORCH set, and gives the exit code and the standard error.
let private startWith (folder: string) =
    let program =
        "DreamTime.Diffusion.Tests" + (if OperatingSystem.IsWindows() then ".exe" else "")

    let start =
        ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), [ "--list-tests" ])

    start.Environment[NativeLibtorch.FolderVariable] <- folder
    start.RedirectStandardError <- true
    start.RedirectStandardOutput <- true
    use child = nonNull (Process.Start start)
    let output = child.StandardOutput.ReadToEndAsync()
    let error = child.StandardError.ReadToEnd()
    child.WaitForExit()
    output.Wait()
    child.ExitCode, error

let tests =
    testList "NativeLibtorch" [
        test "it is loaded, and loading it again does nothing" {
            NativeLibtorch.Load()
            use sum = torch.ones([| 3L |]).sum()
            Expect.equal (sum.ToSingle()) 3.0f "libtorch computes"
        }

        test "a needed version is weakened by one bit, and once weak it stays" {
            let image = bridge ()
            let weak = Array.copy image
            Expect.isTrue (ElfVersionNeed.TryWeaken(Span weak, unusedVersion)) "the bridge needs it"
            let changed = Array.zip image weak |> Array.filter (fun (a, b) -> a <> b)
            Expect.equal changed [| 0uy, 2uy |] "VER_FLG_WEAK"
            let twice = Array.copy weak
            Expect.isTrue (ElfVersionNeed.TryWeaken(Span twice, unusedVersion)) "again"
            Expect.isTrue (twice = weak) "unchanged"
        }

        test "a version that is not needed leaves the file as it is" {
            let image = bridge ()
            let other = Array.copy image
            Expect.isFalse (ElfVersionNeed.TryWeaken(Span other, "GLIBCXX_9")) "not needed"
            Expect.isFalse (ElfVersionNeed.TryWeaken(Span other, "GLIBCXX_3.4.3")) "a prefix is another version"
            Expect.isTrue (other = image) "unchanged"
        }

        test "broken files are no ELF files, whatever their bytes" {
            let image = bridge ()

            for length in [ 0; 1; 4; 63; 64; 100; 4096; image.Length / 2; image.Length - 1 ] do
                ElfVersionNeed.TryWeaken(Span(image, 0, length), "none") |> ignore

            let seed = 20231
            let random = Random seed

            for attempt in 1..500 do
                let broken = Array.copy image[..4095]
                // The header and its offsets are where a wrong byte leads far away.
                broken[random.Next 64] <- byte (random.Next 256)
                let accepted = ElfVersionNeed.TryWeaken(Span broken, unusedVersion)
                Expect.isFalse accepted $"attempt {attempt}, seed {seed}: the section table is cut off"
        }

        test "a wrong folder in DREAMTIME_LIBTORCH is an error that names variable, folder, reason and remedy" {
            let folder = Path.Combine(Path.GetTempPath(), "no-libtorch-here")
            let code, error = startWith folder
            Expect.notEqual code 0 "exit code"

            for expected in [ NativeLibtorch.FolderVariable; folder; "No such file"; "2.10.0" ] do
                Expect.stringContains error expected "the message"
        }

        test "DREAMTIME_LIBTORCH wins over the copy beside the program" {
            let native = nonNull NativeLibtorch.Folder
            let folder = Directory.CreateTempSubdirectory("dreamtime-libtorch-").FullName

            try
                for file in Directory.GetFiles(native, "*.so*") do
                    File.CreateSymbolicLink(Path.Combine(folder, nonNull (Path.GetFileName file)), file) |> ignore

                let code, error = startWith folder
                Expect.equal code 0 error
            finally
                Directory.Delete(folder, true)
        }
    ]
