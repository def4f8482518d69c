using System.Runtime.CompilerServices;

namespace MLNet.Sequence;

/// <summary>The certificate of a model's memory, and the inputs for which it holds.</summary>
public static class ModelCertificate
{
    // A model is immutable, and so is its certificate.
    private static readonly ConditionalWeakTable<SequenceModel, MemoryCertificate> Known = [];

    extension(SequenceModel model)
    {
        /// <summary>What is proved about the model's memory. Computed at the first call.</summary>
        public MemoryCertificate Certificate => model.GetCertificate();

        /// <summary>What is proved about the model's memory, for languages without extension properties. Computed at the first call.</summary>
        public MemoryCertificate GetCertificate()
        {
            ArgumentNullException.ThrowIfNull(model);
            return Known.GetValue(model, fitted => new MemoryCertificate(fitted));
        }

        /// <summary>
        /// Whether the certificate holds for the model's output on these inputs: something is proved, and no input is outside the range
        /// that the proof assumes (<see cref="MemoryCertificate.AssumesInputRange"/>), is missing from a forecaster's context, or is
        /// missing and interpolated (<see cref="MemoryCertificate.AssumesNoMissingValues"/>).
        /// </summary>
        /// <param name="inputs">
        /// The input of <see cref="Forecaster.Forecast(SequenceModel, ReadOnlySpan{float}, string)"/> or
        /// <see cref="Predictor.Predict(SequenceModel, ReadOnlySpan{float})"/>: [steps × channels], oldest first, in the data's units.
        /// </param>
        /// <param name="series">
        /// The series' key, for a forecaster's scaling; null, the default: the only series, or one that was not in training. The window of
        /// a series that was not in training is scaled by itself; its errors are covered if no target's deviation is larger than in the
        /// series of training.
        /// </param>
        /// <exception cref="ArgumentException">The model cannot take these inputs.</exception>
        public bool CertificateHolds(ReadOnlySpan<float> inputs, string? series = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            bool filled = model.Certificate.AssumesNoMissingValues && inputs.IndexOf(float.NaN) >= 0;
            if (model.Task.Series is null)
                return model.Certificate.IsCertified && !filled && model.CertificateCovers(Predictor.Prepare(model, Forecaster.Wide(inputs)));
            (float[] seen, float[] beside, ChannelScaling scaling) = Forecaster.Prepare(model, Forecaster.Wide(inputs), [], series);
            return model.Certificate.IsCertified && !filled && model.CertificateCovers(seen, beside) && model.CertificateCovers(scaling);
        }

        /// <summary>Whether these inputs, as the network sees them, are within the range that the certificate assumes, if any.</summary>
        // The range is checked first: most inputs are inside, and the first computation of the certificate takes time.
        internal bool CertificateCovers(ReadOnlySpan<float> seen, ReadOnlySpan<float> beside = default) =>
            model.InputRange is not { } range || Covers(range, model, seen, beside) || !model.Certificate.AssumesInputRange;

        /// <summary>Whether a forecast with this scaling changes by at most the certificate's errors, which are in the data's units.</summary>
        internal bool CertificateCovers(ChannelScaling scaling) =>
            model.Certificate.Lambda is null || model.Task.Series is not { } task
            || Enumerable.Range(0, task.TargetChannels.Count).All(target => scaling.Deviation[target] <= model.Scaling.LargestDeviation(target));
    }

    // Known inputs have the range of the same channels of the past; static values come after those.
    private static bool Covers(InputRange range, SequenceModel model, ReadOnlySpan<float> seen, ReadOnlySpan<float> beside)
    {
        int past = model.Task.InputSize;
        if (!range.Covers(seen, 0, past))
            return false;
        if (beside.IsEmpty)
            return true;
        int apart = model.Task.SeriesChannels, known = model.Task.Series?.KnownSize ?? 0;
        return range.Covers(beside[..^apart], past - known, known) && range.Covers(beside[^apart..], past, apart);
    }
}
