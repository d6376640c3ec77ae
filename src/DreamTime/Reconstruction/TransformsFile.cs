using System.Numerics;
using System.Text.Json;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>Reads <c>transforms.json</c> and the images that it names.</summary>
internal static class TransformsFile
{
    private const int TestEvery = 8;

    private static readonly string[] Endings = ["", ".png", ".jpg", ".jpeg", ".webp"];
    private static readonly string[] PinholeModels = ["PINHOLE", "SIMPLE_PINHOLE", "OPENCV", "SIMPLE_RADIAL", "RADIAL", "PERSPECTIVE"];
    private static readonly string[] Distortions = ["k1", "k2", "k3", "k4", "p1", "p2"];

    public static PosedDataset Read(string path, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var file = Directory.Exists(path) ? Path.Combine(path, "transforms.json") : path;
        if (!File.Exists(file))
            throw new DatasetException($"'{file}'", "there is no such file; a dataset is a folder with a transforms.json as nerfstudio writes it.");

        using var document = Parse(file);
        var root = new JsonPlace(document.RootElement, $"'{file}'");
        var frames = root.Items("frames");
        if (frames.Length < 2)
            throw new DatasetException(root.Where, $"there are {frames.Length} frames; one to learn from and one to test with are the least.");

        // The split is looked at before hundreds of images are decoded.
        var names = Array.ConvertAll(frames, frame => Normal(frame.Text("file_path")));
        var test = Split(root, "test_filenames", names) ?? [.. Enumerable.Range(0, names.Length).Where(i => i % TestEvery == 0)];
        var training = Split(root, "train_filenames", names) ?? [.. Enumerable.Range(0, names.Length).Where(i => !test.Contains(i))];
        if (training.Intersect(test).Any())
            throw new DatasetException(root.Where, $"'{names[training.Intersect(test).First()]}' is in train_filenames and in test_filenames; one of them.");
        if (training.Count == 0)
            throw new DatasetException(root.Where, "every frame is for testing; some are needed to learn from.");

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var images = new PosedImage?[frames.Length];
        foreach (var i in training.Concat(test))
        {
            cancellation.ThrowIfCancellationRequested();
            images[i] = Frame(folder, names[i], frames[i], root);
        }
        return new PosedDataset([.. training.Select(i => images[i]!)], [.. test.Select(i => images[i]!)]);
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonDocument.Parse(stream);
        }
        catch (JsonException error)
        {
            throw new DatasetException($"'{file}'", $"is no JSON: {error.Message}");
        }
    }

    private static SortedSet<int>? Split(JsonPlace root, string key, string[] names)
    {
        if (root.Strings(key) is not { Length: > 0 } listed)
            return null;

        int Find(string name)
        {
            var index = Array.FindIndex(names, known => known == Normal(name) || Path.ChangeExtension(known, null) == Path.ChangeExtension(Normal(name), null));
            return index >= 0 ? index : throw new DatasetException($"{root.Where}, {key}", $"no frame has the file_path '{name}'.");
        }

        return [.. listed.Select(Find)];
    }

    private static PosedImage Frame(string folder, string name, JsonPlace frame, JsonPlace root)
    {
        if (frame.Has("mask_path"))
            throw new DatasetException(frame.Where, "it has a mask_path, which is not read; an image's own alpha says where nothing is.");

        var file = Endings.Select(ending => Path.Combine(folder, name + ending)).FirstOrDefault(File.Exists)
            ?? throw new DatasetException(frame.Where, $"there is no image '{Path.Combine(folder, name)}', with or without .png, .jpg, .jpeg or .webp.");
        var (rgba, height, width) = Load(frame, file);
        return new PosedImage(name, CameraOf(frame, root, width, height), rgba, height, width);
    }

    private static (byte[] Rgba, int Height, int Width) Load(JsonPlace frame, string file)
    {
        try
        {
            return ImageFile.LoadRgba(file);
        }
        catch (InvalidDataException error)
        {
            throw new DatasetException(frame.Where, error.Message);
        }
    }

    private static Camera CameraOf(JsonPlace frame, JsonPlace root, int width, int height)
    {
        double? Value(string key) => frame.Number(key) ?? root.Number(key);
        string Model() => (frame.OptionalText("camera_model") ?? root.OptionalText("camera_model") ?? "PINHOLE").ToUpperInvariant();

        if (!PinholeModels.Contains(Model()))
            throw new DatasetException(frame.Where, $"its camera_model is {Model()}; pinhole images can be read.");
        foreach (var key in Distortions)
            if (Value(key) is { } distortion && distortion != 0)
                throw new DatasetException(frame.Where, FormattableString.Invariant($"{key} is {distortion}; the images must be free of distortion (0), as undistorting them makes them."));
        if ((Value("w") ?? width, Value("h") ?? height) is var (w, h) && (w != width || h != height))
            throw new DatasetException(frame.Where, FormattableString.Invariant($"the image has {width} x {height} pixels where w and h say {w} x {h}."));

        double? FromAngle(string key, int size) => Value(key) is { } angle ? size / (2 * Math.Tan(angle / 2)) : null;
        var focalX = Value("fl_x") ?? FromAngle("camera_angle_x", width)
            ?? throw new DatasetException(frame.Where, "there is neither fl_x nor camera_angle_x, in the frame or for all of them.");
        var focalY = Value("fl_y") ?? FromAngle("camera_angle_y", height) ?? focalX;
        try
        {
            return Camera.Calibrated(
                Pose(frame), new Vector2((float)focalX, (float)focalY), new Vector2((float)(Value("cx") ?? width / 2.0), (float)(Value("cy") ?? height / 2.0)), width, height);
        }
        catch (ArgumentOutOfRangeException error)
        {
            throw new DatasetException(frame.Where, error.Message);
        }
    }

    private static Camera Pose(JsonPlace frame)
    {
        const string key = "transform_matrix";
        var m = frame.Matrix(key);
        if (m.Length is not (3 or 4) || m.Any(row => row.Length != 4))
            throw new DatasetException($"{frame.Where}, {key}", "it must have 4 rows of 4 numbers.");

        Vector3 Column(int c) => new((float)m[0][c], (float)m[1][c], (float)m[2][c]);
        var (right, up, back) = (Column(0), Column(1), Column(2));
        var isRotation = Math.Abs(right.Length() - 1) < 1e-3 && Math.Abs(up.Length() - 1) < 1e-3 && Vector3.Distance(Vector3.Cross(right, up), back) < 1e-3;
        if (!isRotation || !float.IsFinite(Column(3).LengthSquared()))
            throw new DatasetException($"{frame.Where}, {key}", "its first three columns must be right, up and back of the camera, of length 1, at right angles and right-handed.");

        right = Vector3.Normalize(right);
        back = Vector3.Normalize(Vector3.Cross(right, up));
        return new Camera(Column(3), right, Vector3.Cross(back, right), back, 90);
    }

    /// <summary>A path as others of the file may write it, too.</summary>
    private static string Normal(string path)
    {
        path = path.Replace('\\', '/');
        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }
}
