namespace DreamTime;

/// <summary>Images of one object from known places: some to learn from, others to be judged by.</summary>
public sealed record PosedDataset
{
    /// <summary>A dataset.</summary>
    /// <param name="training">What is learned from, at least one image.</param>
    /// <param name="test">What is never learned from, at least one image.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public PosedDataset(IReadOnlyList<PosedImage> training, IReadOnlyList<PosedImage> test)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        if (training.Count == 0)
            throw new ArgumentException("A reconstruction learns from at least one image.", nameof(training));
        if (test.Count == 0)
            throw new ArgumentException("A reconstruction is judged by at least one image.", nameof(test));

        (Training, Test) = (training, test);
        HasTransparency = training.Any(image => image.HasTransparency);
    }

    /// <summary>What is learned from.</summary>
    public IReadOnlyList<PosedImage> Training { get; }

    /// <summary>What is never learned from.</summary>
    public IReadOnlyList<PosedImage> Test { get; }

    /// <summary>Whether the training images say where nothing is.</summary>
    public bool HasTransparency { get; }

    /// <summary>
    /// Reads a folder with a <c>transforms.json</c>, as nerfstudio writes it: camera-to-world matrices in OpenGL's axes (x right, y up, z back), <c>fl_x</c>,
    /// <c>fl_y</c>, <c>cx</c>, <c>cy</c>, <c>w</c>, <c>h</c> for all frames or for each, or <c>camera_angle_x</c>; <c>file_path</c> with its ending or without it.
    /// Images of <c>test_filenames</c> are for testing; where it is absent, the first frame and every 8th after it. Positions stay as they are.
    /// </summary>
    /// <param name="path">The folder, or the JSON file itself.</param>
    /// <param name="cancellation">Ends the reading early.</param>
    /// <exception cref="DatasetException">A file is missing or wrong, or says something that cannot be honoured, such as a lens distortion.</exception>
    public static PosedDataset Load(string path, CancellationToken cancellation = default) => TransformsFile.Read(path, cancellation);
}
