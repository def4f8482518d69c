using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>How well one model predicts the next step, on the test sequences.</summary>
internal sealed record ModelSteps
{
    private const int MostSteps = 20_000, MostSequences = 12, MostShown = 200, Guesses = 3, MostColumns = 24;
    private const int PromptLength = 8, WrittenLength = 24;

    public required string Model { get; init; }

    /// <summary>The predicted steps that were measured.</summary>
    public required long Count { get; init; }

    /// <summary>The steps of the test that were not: measuring ended before them.</summary>
    public required long LeftOut { get; init; }

    /// <summary>The part of tokens that were the most likely, and among the three most likely; NaN: steps are numbers.</summary>
    public double Accuracy { get; init; } = double.NaN;

    public double AmongThree { get; init; } = double.NaN;

    /// <summary>The part of tokens that a constant guess finds, the most frequent known one of the test.</summary>
    public double AlwaysTheSame { get; init; } = double.NaN;

    /// <summary>The part of tokens that the model does not know; none of them is a hit.</summary>
    public double Unknown { get; init; } = double.NaN;

    /// <summary>e to the mean loss: so many equally likely tokens would be as uncertain.</summary>
    public double Perplexity { get; init; } = double.NaN;

    /// <summary>The errors of each column; empty: steps are tokens.</summary>
    public IReadOnlyList<ColumnError> Columns { get; init; } = [];

    /// <summary>The first sequences: what came and what was predicted.</summary>
    public required IReadOnlyList<StepExample> Examples { get; init; }

    /// <summary>The beginning of a test sequence, and how the model continues it; null: steps are numbers.</summary>
    public string? Prompt { get; init; }

    public string? Written { get; init; }

    public static ModelSteps Of(string name, SequenceModel model, IReadOnlyList<string> columns, IReadOnlyList<StepSequence> test) =>
        model.Task.NextSteps == StepKind.Token ? OfTokens(name, model, test) : OfNumbers(name, model, columns, test);

    private static ModelSteps OfTokens(string name, SequenceModel model, IReadOnlyList<StepSequence> test)
    {
        TokenInput tokens = model.Task.Tokens!;
        var counts = new TokenCounts(tokens.Unknown);
        var examples = new List<StepExample>();
        foreach (StepSequence sequence in Measured(test))
        {
            int[] indices = [.. sequence.Tokens.Select(tokens.IndexOf)];
            var steps = new List<GuessedStep>();
            foreach ((int step, double[] said) in Predictions(model, [.. indices.Select(index => (double)index)], 1))
            {
                int[] best = [.. Enumerable.Range(0, said.Length).OrderByDescending(i => said[i]).Take(Guesses)];
                bool hit = counts.Add(indices[step], said, best);
                if (step <= MostShown)
                    steps.Add(new GuessedStep(sequence.Tokens[step], hit, [.. best.Select(i => new Guess(tokens.ValueOf(i), said[i]))]));
            }

            if (examples.Count < MostSequences)
                examples.Add(new StepExample(sequence.Name) { First = sequence.Tokens[0], Steps = steps });
        }

        string[] prompt = test[0].Tokens[..Math.Min(PromptLength, Math.Max(1, test[0].Length / 2))];
        return new ModelSteps
        {
            Model = name,
            Count = counts.Count,
            LeftOut = test.Sum(sequence => sequence.Length - 1L) - counts.Count,
            Accuracy = counts.Accuracy,
            AmongThree = counts.AmongGuesses,
            AlwaysTheSame = counts.AlwaysTheSame,
            Unknown = counts.Unknown,
            Perplexity = counts.Perplexity,
            Examples = examples,
            Prompt = string.Join(' ', prompt),
            Written = string.Join(' ', model.Generate(prompt, new GenerationOptions
            {
                MaxLength = WrittenLength,
                Temperature = 0.8,
                BannedTokens = [Vocabulary.Unknown],
            })),
        };
    }

    private static ModelSteps OfNumbers(string name, SequenceModel model, IReadOnlyList<string> columns, IReadOnlyList<StepSequence> test)
    {
        int features = columns.Count;
        var (sums, repeated, all) = (new double[features], new double[features], 0L);
        var examples = new List<StepExample>();
        foreach (StepSequence sequence in Measured(test))
        {
            double[] values = sequence.Values;
            double[][] drawn = [.. Enumerable.Range(0, Math.Min(features, MostColumns)).Select(_ => new double[Math.Min(MostShown, sequence.Length - 1)])];
            foreach ((int step, double[] said) in Predictions(model, values, features))
            {
                all++;
                for (int i = 0; i < features; i++)
                {
                    double actual = values[step * features + i], before = values[(step - 1) * features + i];
                    sums[i] += Math.Abs(actual - said[i]);
                    repeated[i] += Math.Abs(actual - before);
                    if (i < drawn.Length && step <= drawn[i].Length)
                        drawn[i][step - 1] = said[i];
                }
            }

            if (examples.Count < MostSequences)
            {
                examples.Add(new StepExample(sequence.Name)
                {
                    Predicted = drawn,
                    Actual = [.. drawn.Select((one, i) => Enumerable.Range(1, one.Length).Select(step => values[step * features + i]).ToArray())],
                });
            }
        }

        return new ModelSteps
        {
            Model = name,
            Count = all,
            LeftOut = test.Sum(sequence => sequence.Length - 1L) - all,
            Columns = [.. columns.Select((column, i) => new ColumnError(column, sums[i] / all, repeated[i] / all))],
            Examples = examples,
        };
    }

    // Whole sequences, until enough steps were measured.
    private static IEnumerable<StepSequence> Measured(IReadOnlyList<StepSequence> test)
    {
        long steps = 0;
        foreach (StepSequence sequence in test)
        {
            if (steps >= MostSteps)
                yield break;
            steps += sequence.Length;
            yield return sequence;
        }
    }

    // For each step but the first what the model predicts from those before it, at the cost of one step each.
    private static IEnumerable<(int Step, double[] Said)> Predictions(SequenceModel model, double[] values, int features)
    {
        SequenceSession session = model.CreateSession();
        var said = new double[session.OutputSize];
        for (int step = 1; step < values.Length / features; step++)
        {
            session.Step(values.AsSpan((step - 1) * features, features), said);
            yield return (step, said);
        }
    }
}

/// <summary>The mean absolute error of a column, and that of repeating the last row.</summary>
internal sealed record ColumnError(string Name, double Error, double Repeated);

/// <summary>A sequence of the test.</summary>
internal sealed record StepExample(string Name)
{
    /// <summary>The first token, which is not predicted.</summary>
    public string? First { get; init; }

    /// <summary>The tokens after it; empty: steps are numbers.</summary>
    public IReadOnlyList<GuessedStep> Steps { get; init; } = [];

    /// <summary>[column][step] from the second step on; empty: steps are tokens.</summary>
    public IReadOnlyList<double[]> Actual { get; init; } = [];

    public IReadOnlyList<double[]> Predicted { get; init; } = [];
}

internal sealed record GuessedStep(string Actual, bool Hit, IReadOnlyList<Guess> Guesses);

internal sealed record Guess(string Token, double Probability);
