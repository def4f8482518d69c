using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.Sequence.Samples.Text;

/// <summary>How sentences become columns of a model, and what it predicts becomes sentences.</summary>
internal abstract class SentenceForm
{
    /// <summary>What the sentences consist of, in words.</summary>
    public abstract string Vocabulary { get; }

    /// <summary>How the tokens of a source, and of a target, are read.</summary>
    public abstract (TokenOptions Source, TokenOptions Target) Tokens(int vectors, double dropout);

    /// <summary>The rows that the chain of <see cref="Chain"/> reads.</summary>
    public abstract IDataView Rows(IEnumerable<SentencePair> pairs);

    /// <summary>The rows that the model is trained on.</summary>
    public abstract IDataView View(IEnumerable<SentencePair> pairs);

    /// <summary>The model with the transforms before it.</summary>
    public abstract ITransformer Chain(SequenceToSequenceTransformer fitted);

    /// <summary>The translations of the sources, as in <see cref="Said"/>.</summary>
    public abstract string[] Translate(SequenceToSequenceTransformer fitted, SentencePair[] pairs);

    /// <summary>A sentence and its translation, as they are compared and printed.</summary>
    public abstract (string Source, string Target) Said(SentencePair pair);

    /// <summary>
    /// The tokens of a source and those that are predicted for it, which are not always those of the text that they give: their indices, and what
    /// is shown of them.
    /// </summary>
    public (ShownTokens Source, ShownTokens Target) Read(SequenceModel model, string source)
    {
        ShownTokens read = TokensOf(model.Task.RowInput!.Tokens!, source);
        int[] found = [.. model.PredictTargets([.. read.Indices.Select(token => (double)token)])[0].Tokens];
        return (read, new ShownTokens(found, [.. found.Select(token => Shown(model.Task.TargetInput!.Tokens!, token))]));
    }

    /// <summary>The tokens of a sentence.</summary>
    protected abstract ShownTokens TokensOf(TokenInput known, string sentence);

    /// <summary>What is shown of a token.</summary>
    protected abstract string Shown(TokenInput tokens, int token);
}

/// <summary>Tokens by their indices, and what is shown of them.</summary>
internal readonly record struct ShownTokens(int[] Indices, string[] Shown);

/// <summary>Words, and one unknown word for rare ones.</summary>
internal sealed class SentenceWords : SentenceForm
{
    private readonly MLContext _ml;
    private readonly TransformerChain<ValueToKeyMappingTransformer> _ofSource, _ofTarget;

    public SentenceWords(MLContext ml, SentencePair[] train, int least)
    {
        string[] sources = SentencePairs.Vocabulary(train.Select(pair => pair.Source), least),
            targets = SentencePairs.Vocabulary(train.Select(pair => pair.Target), least);
        _ml = ml;
        (_ofSource, _ofTarget) = (Keys("Source", new() { Source = sources }), Keys("Target", new() { Target = targets }));
        Vocabulary = $"{sources.Length} words of the source, {targets.Length} of the target";
    }

    public override string Vocabulary { get; }

    public override (TokenOptions Source, TokenOptions Target) Tokens(int vectors, double dropout)
    {
        var options = new TokenOptions { EmbeddingSize = vectors, Dropout = dropout, UnknownToken = SentencePairs.Unknown };
        return (options, options);
    }

    public override IDataView Rows(IEnumerable<SentencePair> pairs) => _ml.Data.LoadFromEnumerable(pairs);

    public override IDataView View(IEnumerable<SentencePair> pairs) => _ofTarget.Transform(_ofSource.Transform(Rows(pairs)));

    public override ITransformer Chain(SequenceToSequenceTransformer fitted) => _ofSource.Append(fitted);

    public override string[] Translate(SequenceToSequenceTransformer fitted, SentencePair[] pairs)
    {
        IDataView scored = Chain(fitted).Transform(Rows(pairs));
        IDataView found = _ml.Transforms.Conversion.MapKeyToValue("Words", "PredictedSequence").Fit(scored).Transform(scored);
        return [.. found.GetColumn<string[]>("Words").Select(words => string.Join(' ', words))];
    }

    public override (string Source, string Target) Said(SentencePair pair) => (string.Join(' ', pair.Source), string.Join(' ', pair.Target));

    protected override ShownTokens TokensOf(TokenInput known, string sentence)
    {
        string[] words = sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ShownTokens([.. words.Select(known.IndexOf)], words);
    }

    protected override string Shown(TokenInput tokens, int token) => tokens.ValueOf(token);

    // Keys in the given order. A word that is missing has the key 0, which the trainer takes as the unknown word.
    private TransformerChain<ValueToKeyMappingTransformer> Keys(string column, SentencePair known) =>
        new EstimatorChain<ITransformer>().Append(_ml.Transforms.Conversion.MapValueToKey(
            column, maximumNumberOfKeys: Math.Max(known.Source.Length, known.Target.Length))).Fit(_ml.Data.LoadFromEnumerable(new[] { known }));
}

/// <summary>The text itself, as byte pairs that are learnt from the training sentences.</summary>
internal sealed class SentenceText(MLContext ml, SentencePair[] train, int merges) : SentenceForm
{
    private readonly BytePairTokenizer _source = BytePairTokenizer.Learn(train.Select(pair => pair.SourceText), merges),
        _target = BytePairTokenizer.Learn(train.Select(pair => pair.TargetText), merges);

    public override string Vocabulary => $"{_source.Count} byte pairs of the source, {_target.Count} of the target";

    public override (TokenOptions Source, TokenOptions Target) Tokens(int vectors, double dropout)
    {
        TokenOptions Of(BytePairTokenizer tokenizer) => new() { EmbeddingSize = vectors, Dropout = dropout, Tokenizer = tokenizer };
        return (Of(_source), Of(_target));
    }

    public override IDataView View(IEnumerable<SentencePair> pairs) => Rows(pairs);

    public override IDataView Rows(IEnumerable<SentencePair> pairs) =>
        ml.Data.LoadFromEnumerable(pairs.Select(pair => new { Source = pair.SourceText, Target = pair.TargetText }));

    public override ITransformer Chain(SequenceToSequenceTransformer fitted) => fitted;

    public override string[] Translate(SequenceToSequenceTransformer fitted, SentencePair[] pairs) =>
        [.. fitted.Transform(View(pairs)).GetColumn<string>("PredictedSequence")];

    public override (string Source, string Target) Said(SentencePair pair) => (pair.SourceText, pair.TargetText);

    protected override ShownTokens TokensOf(TokenInput known, string sentence)
    {
        int[] indices = [.. known.Tokenizer!.Encode(sentence)];
        return new ShownTokens(indices, [.. indices.Select(token => Shown(known, token))]);
    }

    protected override string Shown(TokenInput tokens, int token) => tokens.Tokenizer!.Decode([token]);
}
