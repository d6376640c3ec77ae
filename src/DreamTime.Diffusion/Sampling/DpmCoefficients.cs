namespace DreamTime.Diffusion;

/// <summary>
/// A step of DPM-Solver as a linear combination: the next sample is Sample x + sum over age of Predictions[age] m_age + Noise z, where m are the latest
/// predictions (of the clean sample or of the noise), the newest first.
/// </summary>
internal readonly record struct DpmCoefficients(double Sample, double[] Predictions, double Noise)
{
    public static bool IsStochastic(DpmAlgorithm algorithm) => algorithm is DpmAlgorithm.SdeDpmSolver or DpmAlgorithm.SdeDpmSolverPlusPlus;

    /// <summary>Whether the algorithm combines predictions of the clean sample, rather than of the noise.</summary>
    public static bool IsInClean(DpmAlgorithm algorithm) => algorithm is DpmAlgorithm.DpmSolverPlusPlus or DpmAlgorithm.SdeDpmSolverPlusPlus;

    /// <summary>Lu et al. 2022 (DPM-Solver++), algorithm 2 and appendix B; the stochastic forms are its section 4.3's.</summary>
    /// <param name="config">Algorithm and second order.</param>
    /// <param name="order">1 to 3.</param>
    /// <param name="to">Where the step ends.</param>
    /// <param name="from">Where the predictions were made, the newest first; as many as the order.</param>
    public static DpmCoefficients Of(SchedulerConfig config, int order, DpmLevel to, DpmLevel[] from)
    {
        double h = to.Lambda - from[0].Lambda;
        if (h == 0)
            return new DpmCoefficients(1, new double[order], 0);
        var (sample, constant, slope, curvature, noise) = Integrals(config.Algorithm, to, from[0], h);
        if (order == 1)
            return new DpmCoefficients(sample, [constant], noise);
        double newest = (from[0].Lambda - from[1].Lambda) / h;
        if (order == 2)
        {
            double gain = (config.SolverType == DpmSolverType.Midpoint ? constant / 2 : slope) / newest;
            return new DpmCoefficients(sample, [constant + gain, -gain], noise);
        }
        double older = (from[1].Lambda - from[2].Lambda) / h;
        // Two divided differences, (m0 - m1) / newest and (m1 - m2) / older, give the slope and the curvature at the start of the step.
        double bend = (slope * newest + curvature) / (newest + older);
        double first = (slope + bend) / newest, second = -bend / older;
        return new DpmCoefficients(sample, [constant + first, second - first, -second], noise);
    }

    /// <summary>What the sample, a constant prediction, its slope, its curvature and fresh noise are multiplied by over a step of h.</summary>
    private static (double Sample, double Constant, double Slope, double Curvature, double Noise) Integrals(
        DpmAlgorithm algorithm, DpmLevel to, DpmLevel from, double h)
    {
        double grown = Math.Exp(h) - 1, shrunk = Math.Exp(-h) - 1, twice = Math.Exp(-2 * h) - 1;
        return algorithm switch
        {
            DpmAlgorithm.DpmSolver =>
                (to.Alpha / from.Alpha, -to.Sigma * grown, -to.Sigma * (grown / h - 1), -to.Sigma * ((grown - h) / (h * h) - 0.5), 0),
            DpmAlgorithm.DpmSolverPlusPlus =>
                (to.Sigma / from.Sigma, -to.Alpha * shrunk, to.Alpha * (shrunk / h + 1), -to.Alpha * ((shrunk + h) / (h * h) - 0.5), 0),
            DpmAlgorithm.SdeDpmSolver =>
                (to.Alpha / from.Alpha, -2 * to.Sigma * grown, -2 * to.Sigma * (grown / h - 1), double.NaN, to.Sigma * Math.Sqrt(Math.Exp(2 * h) - 1)),
            _ =>
                (to.Sigma / from.Sigma * Math.Exp(-h), -to.Alpha * twice, to.Alpha * (twice / (2 * h) + 1), double.NaN, to.Sigma * Math.Sqrt(-twice)),
        };
    }
}
