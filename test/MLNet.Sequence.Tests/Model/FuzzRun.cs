namespace MLNet.Sequence.Tests.Model;

/// <summary>The result of reading a changed file.</summary>
/// <param name="Kind">The file's kind.</param>
/// <param name="Refused">Whether it was refused; otherwise it was used.</param>
/// <param name="Fault">The fault that was found; null if there is none.</param>
/// <param name="Bytes">Bytes that were allocated to read it and to use it once.</param>
internal sealed record FuzzOutcome(string Kind, bool Refused, string? Fault, long Bytes);

/// <summary>
/// Reads changed files of models and sessions, and uses those that can be read. Each ends in a <see cref="FormatException"/> or in an
/// output of the size that the model states. The output is the same, bit for bit, after the model is saved and loaded again. The number of
/// a file and the seed decide everything.
/// </summary>
internal sealed class FuzzRun(long seed)
{
    /// <summary>The most bytes that reading a file of some kilobytes may allocate.</summary>
    public const long MostBytes = 200_000_000;

    // The largest input for which a forecast is made. The test has no data for a longer context.
    private const long LongestInput = 1 << 18;

    private static readonly (SequenceModel Model, byte[] File, byte[]? Session)[] Files = [.. FuzzedModels.All.Select(Written)];

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fuzzed-{Guid.NewGuid():N}");

    public FuzzOutcome Try(long number)
    {
        var random = new RandomStream(seed, number);
        (SequenceModel model, byte[] file, byte[]? session) = Files[random.NextInt64(Files.Length)];
        return session is not null && random.NextInt64(4) == 0
            ? Judge("session", FuzzedFile.Session(session, random), bytes => Restore(model, bytes))
            : Judge("model", FuzzedFile.Model(file, random), Load);
    }

    /// <summary>Uses a file: refused by a <see cref="FormatException"/> or used, and then checked.</summary>
    public static FuzzOutcome Judge(string kind, byte[] file, Func<byte[], Func<string?>> use)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool refused = false;
        string? fault = null;
        Func<string?>? check = null;
        try
        {
            check = use(file);
        }
        catch (FormatException exception)
        {
            refused = true;
            fault = exception.Message.Length is > 0 and < 4000 ? null : $"a message of {exception.Message.Length} characters";
        }
        catch (Exception exception)
        {
            fault = exception.ToString();
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > MostBytes)
            fault ??= $"{bytes} bytes were allocated";
        return new FuzzOutcome(kind, refused, fault ?? check?.Invoke(), bytes);
    }

    private static Func<string?> Load(byte[] file)
    {
        SequenceModel model = SequenceModel.Load(new MemoryStream(file));
        (float[]? output, int expected) = Ask(model);
        return () =>
        {
            if (output is not null && output.Length != expected)
                return $"{output.Length} values came; expected {expected}";
            using var saved = new MemoryStream();
            model.Save(saved);
            saved.Position = 0;
            SequenceModel again = SequenceModel.Load(saved);
            if (!again.Task.Equals(model.Task) || !again.Architecture.Equals(model.Architecture))
                return "task or architecture differ after another save and load";
            return output is null || output.AsSpan().SequenceEqual(Ask(again).Output) ? null : "the output differs after another save and load";
        };
    }

    private static (float[]? Output, int Expected) Ask(SequenceModel model)
    {
        long steps = model.Task is Forecasting forecasting ? forecasting.Context : 5;
        if (steps * model.Task.InputSize > LongestInput)
            return (null, 0);
        float[] input = FuzzedModels.Steps(model, (int)steps, new RandomStream(7));
        return model.Task switch
        {
            Forecasting task => (model.Forecast(input, "x"), task.Horizon * task.TargetChannels.Count),
            SequenceTagging task => (model.Predict(input), 5 * task.Tags),
            _ => (model.Predict(input), model.Managed.OutputSize),
        };
    }

    private Func<string?> Restore(SequenceModel model, byte[] file)
    {
        File.WriteAllBytes(_path, file);
        try
        {
            SequenceSession session = model.CreateSession();
            session.Restore(_path);
            var output = new float[session.OutputSize];
            foreach (string series in session.Series)
                session.Step(series, FuzzedModels.Steps(model, 1, new RandomStream(7)), output);
            return () => null;
        }
        finally
        {
            File.Delete(_path);
        }
    }

    private static (SequenceModel Model, byte[] File, byte[]? Session) Written(SequenceModel model)
    {
        using var file = new MemoryStream();
        model.Save(file);
        if (!model.Managed.CanStep && model.Task is not Forecasting)
            return (model, file.ToArray(), null);
        string path = Path.GetTempFileName();
        SequenceSession session = model.CreateSession();
        var output = new float[session.OutputSize];
        foreach (string series in new[] { "x", "y", "another" })
        {
            foreach (float[] step in FuzzedModels.Steps(model, 7, new RandomStream(series.Length)).Chunk(session.InputSize))
                session.Step(series, step, output);
        }

        session.Save(path);
        byte[] states = File.ReadAllBytes(path);
        File.Delete(path);
        return (model, file.ToArray(), states);
    }
}
