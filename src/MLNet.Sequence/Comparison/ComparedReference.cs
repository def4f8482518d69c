namespace MLNet.Sequence;

/// <summary>A reference that a model has to beat, on the same test examples: fixed, counted or solved, without a network.</summary>
public sealed record ComparedReference
{
    /// <summary>
    /// Simplest first. Forecasts: <c>mean</c>, <c>naive</c>, <c>seasonal-naive</c> if the context holds a season,
    /// <c>drift</c>, and <c>ridge-1</c>, <c>ridge-2</c>, <c>ridge-4</c>, … up to the context: least squares on that number of last steps.
    /// Next tokens: <c>token-frequencies</c>, and <c>2-gram</c> to <c>5-gram</c>. Next values of 0 and 1: <c>value-frequencies</c>, and the same
    /// n-grams. Next numbers: <c>mean-of-training</c>, <c>last-step-repeated</c>, <c>ridge-1</c>, …. Tags: <c>tag-frequencies</c>, and for
    /// tokens <c>tag-of-token</c>, <c>tag-of-last-2-tokens</c>, …, else <c>logistic-1</c>, …. Rows: <c>class-frequencies</c> or
    /// <c>mean-of-training</c>, <c>linear-on-statistics</c> or, for tokens, <c>linear-on-counts</c>, and <c>nearest-neighbour</c>. Pairs,
    /// of the target alone: <c>token-frequencies</c> and <c>2-gram</c> to <c>5-gram</c>, or <c>mean-of-training</c>.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The mean loss over the test examples, as <see cref="ComparedModel.Error"/>.</summary>
    public required double Error { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorLow { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorHigh { get; init; }

    /// <summary>The number of last steps that it reads: 0 for the mean; null: whole rows.</summary>
    public required int? Memory { get; init; }

    /// <summary>The fitted model, which is saved and scored like any other; null: it exists only for the comparison.</summary>
    public SequenceModel? Model { get; init; }
}
