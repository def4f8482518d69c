using System.Text;
using System.Text.Json;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Music;

/// <summary>A piece of music: 88 keys per step, 1 for a key that is down.</summary>
internal sealed class Roll
{
    public const int Keys = 88, LowestNote = 21;

    [VectorType]
    public float[] Steps { get; set; } = [];
}

/// <summary>
/// Pieces in a JSON file, gzipped or not: {"train": [piece, …], "valid": …, "test": …}; A piece is a list of steps. A step is the list of
/// its MIDI notes, from 21 to 108.
/// </summary>
internal sealed record RollFile(IReadOnlyList<Roll> Train, IReadOnlyList<Roll> Valid, IReadOnlyList<Roll> Test)
{
    /// <summary>The chorales that come with the program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "jsb_chorales.json.gz");

    /// <param name="path">The file.</param>
    /// <param name="encoding">Its encoding; null: by its first bytes.</param>
    /// <exception cref="UserError">The file is missing or does not have this form; the message says where.</exception>
    public static RollFile Read(string path, Encoding? encoding = null)
    {
        string text = TextFile.Read(path, "--data names a file of pieces", reader => reader.ReadToEnd(), encoding);
        try
        {
            using var json = JsonDocument.Parse(text);
            Roll[] Part(string name) => json.RootElement.TryGetProperty(name, out JsonElement part)
                ? [.. part.EnumerateArray().Select((piece, i) => ReadPiece(piece, $"{name}, piece {i + 1}"))]
                : throw new UserError($"'{path}' has no \"{name}\": expected \"train\", \"valid\" and \"test\".");
            var read = new RollFile(Part("train"), Part("valid"), Part("test"));
            return read.Train.Count > 0 && read.Valid.Count > 0 && read.Test.Count > 0 ? read : throw new UserError($"'{path}' has a part without pieces.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new UserError($"'{path}' is not music in JSON: {exception.Message}", exception);
        }
    }

    private static Roll ReadPiece(JsonElement piece, string place)
    {
        var steps = new float[piece.GetArrayLength() * Roll.Keys];
        if (piece.GetArrayLength() < 2)
            throw new UserError($"{place} has {piece.GetArrayLength()} steps; at least 2 are needed.");
        int step = 0;
        foreach (JsonElement notes in piece.EnumerateArray())
        {
            foreach (JsonElement note in notes.EnumerateArray())
            {
                int key = note.GetInt32() - Roll.LowestNote;
                if (key is < 0 or >= Roll.Keys)
                    throw new UserError($"{place}, step {step + 1} has the note {note}; expected {Roll.LowestNote} to {Roll.LowestNote + Roll.Keys - 1}.");
                steps[step * Roll.Keys + key] = 1;
            }

            step++;
        }

        return new Roll { Steps = steps };
    }
}
