namespace DreamTime.Schedules

open System
open System.IO
open System.Text

/// Files that are never half written: the text goes to a file beside, which then takes the name.
module internal TextFile =

    let save (path: string) (text: string) =
        let path = Path.GetFullPath path
        let temporary = $"{path}.{Guid.NewGuid():N}.tmp"

        try
            using (new FileStream(temporary, FileMode.CreateNew)) (fun stream ->
                stream.Write(ReadOnlySpan(Encoding.UTF8.GetBytes text))
                stream.Flush true)

            File.Move(temporary, path, overwrite = true)
        finally
            File.Delete temporary
