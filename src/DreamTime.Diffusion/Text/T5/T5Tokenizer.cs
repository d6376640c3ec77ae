using Google.Protobuf;
using Microsoft.ML.Tokenizers;

namespace DreamTime.Diffusion;

/// <summary>T5's tokenizer: a SentencePiece model of the unigram kind (Kudo 2018), whose text ends with an end token.</summary>
public sealed class T5Tokenizer
{
    private const string ModelFile = "spiece.model";
    private const string End = "</s>";
    private const string Padding = "<pad>";

    /// <summary>
    /// The trainer's settings once more (field 2), with nothing in them but bos_id = 0 (field 41): the last value of a protobuf field counts. T5's models
    /// have none, bos_id = -1, which Microsoft.ML.Tokenizers uses as an index; a beginning is never asked for here.
    /// </summary>
    private static readonly byte[] SomeBeginning = [0x12, 3, 0xC8, 0x02, 0];

    private readonly SentencePieceTokenizer pieces;
    private readonly T5SpecialTokens special;

    private T5Tokenizer(SentencePieceTokenizer pieces, int vocabularySize, T5SpecialTokens special, int paddingId)
    {
        this.pieces = pieces;
        VocabularySize = vocabularySize;
        this.special = special;
        PaddingId = paddingId;
    }

    /// <summary>The number of pieces known, without the sentinels.</summary>
    public int VocabularySize { get; }

    /// <summary>The id that ends a text.</summary>
    public int EndId => pieces.EndOfSentenceId;

    /// <summary>The id that fills a text up.</summary>
    public int PaddingId { get; }

    /// <summary>Reads <c>spiece.model</c>, and <c>tokenizer_config.json</c> where there is one.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="part">The tokenizer's folder in it, <c>tokenizer</c>; empty for the folder itself.</param>
    /// <exception cref="FileNotFoundException">The model is missing.</exception>
    /// <exception cref="InvalidDataException">It is broken, or has no end or padding piece; the message names it.</exception>
    public static T5Tokenizer Load(ModelFolder folder, string part = "tokenizer")
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(part);
        string prefix = part.Length == 0 ? "" : $"{part}/";
        string file = prefix + ModelFile;
        using var model = new MemoryStream();
        using (var stream = folder.Open(file))
            stream.CopyTo(model);
        SentencePieceTokenizer pieces;
        int count;
        try
        {
            count = Pieces(model.ToArray());
            model.Write(SomeBeginning);
            model.Position = 0;
            pieces = SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: true);
        }
        // The protobuf reader and the tokenizer behind it throw what they like at a broken file; all of it means the same.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"{folder.Name}: {file} is no SentencePiece model: {e.Message}", e);
        }
        InvalidDataException Lacks(string piece) => new($"{folder.Name}: {file} has no piece {piece}, which T5's tokenizer needs.");
        if (pieces.EndOfSentenceToken != End)
            throw Lacks(End);
        return pieces.Vocabulary.TryGetValue(Padding, out int padding)
            ? new T5Tokenizer(pieces, count, T5SpecialTokens.Read(folder, prefix, pieces.Vocabulary, count), padding)
            : throw Lacks(Padding);
    }

    /// <summary>
    /// Counts the pieces (field 1): the tokenizer's own table has one more, for the beginning. A file that ends inside a field, which what is appended would complete, is refused.
    /// </summary>
    private static int Pieces(byte[] model)
    {
        var fields = new CodedInputStream(model);
        int count = 0;
        for (uint tag; (tag = fields.ReadTag()) != 0;)
        {
            count += WireFormat.GetTagFieldNumber(tag) == 1 ? 1 : 0;
            fields.SkipLastField();
        }
        return count;
    }

    /// <summary>
    /// The ids of a text and of its end, however long it is. Special tokens in it (<c>&lt;/s&gt;</c>, <c>&lt;pad&gt;</c>, <c>&lt;unk&gt;</c>, <c>&lt;extra_id_0&gt;</c> ...) are
    /// recognised, and a text that ends with the end gets no second one: so does transformers' <c>T5Tokenizer</c>, the one that DeepFloyd-IF names.
    /// </summary>
    /// <param name="text">Any text.</param>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Ended(Content(text));
    }

    /// <summary>The ids of a text in exactly so many places, cut with the end kept or padded, and which of them are text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="length">The places, at least 1; DeepFloyd IF has 77.</param>
    /// <returns>Ids, and a mask of ones for the text and its end, zeros for padding.</returns>
    public (long[] Ids, long[] Mask) EncodePadded(string text, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentNullException.ThrowIfNull(text);
        int[] ids = Ended([.. Content(text).Take(length - 1)]);
        long[] padded = new long[length], mask = new long[length];
        for (int place = 0; place < length; place++)
        {
            padded[place] = place < ids.Length ? ids[place] : PaddingId;
            mask[place] = place < ids.Length ? 1 : 0;
        }
        return (padded, mask);
    }

    private int[] Content(string text) =>
    [
        .. special.Split(text).SelectMany(part =>
            part.Id is int id ? [id] : pieces.EncodeToIds(part.Text, addBeginningOfSentence: false, addEndOfSentence: false)),
    ];

    private int[] Ended(int[] ids) => ids is [.., var last] && last == EndId ? ids : [.. ids, EndId];
}
