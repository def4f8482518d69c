namespace MLNet.Sequence.Bench;

/// <summary>
/// The processor time to learn 8,000 byte pairs from the training sentences of Multi30k, and to read these; every sentence must come back.
/// </summary>
internal static class BytePairs
{
    public static int Run()
    {
        bool isExact = true;
        foreach (string language in new[] { "en", "de" })
        {
            string path = DataFiles.Shared("multi30k", $"train.{language}.gz");
            if (!File.Exists(path))
            {
                Console.WriteLine($"byte-pairs: '{path}' is not there; skipped");
                return 0;
            }

            using var reader = new StreamReader(DataFiles.OpenGzip(path));
            string[] lines = reader.ReadToEnd().Split('\n');
            BytePairTokenizer tokenizer = null!;
            double learning = Seconds(() => tokenizer = BytePairTokenizer.Learn(lines, 8000));
            IReadOnlyList<int>[] tokens = [];
            double reading = Seconds(() => tokens = [.. lines.Select(tokenizer.Encode)]);
            isExact &= lines.Zip(tokens).All(pair => tokenizer.Decode(pair.Second) == pair.First);
            Console.WriteLine(FormattableString.Invariant(
                $"byte-pairs: {language}: {lines.Length} lines, {tokenizer.Merges.Count} merges learnt in {learning:F2} s of processor time, "));
            Console.WriteLine(FormattableString.Invariant(
                $"  all lines read in {reading:F2} s, {tokens.Average(one => one.Count):F1} tokens a line, exact: {isExact}"));
        }

        return isExact ? 0 : 1;
    }

    private static double Seconds(Action run)
    {
        var clock = new ProcessorClock();
        long start = clock.GetTimestamp();
        run();
        return clock.GetElapsedTime(start).TotalSeconds;
    }
}
